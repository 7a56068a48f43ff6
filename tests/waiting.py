"""Waiting for another process or thread."""

from __future__ import annotations

import time
from collections.abc import Callable

# Seconds after which what should come at once is held to be lost. A guard against a hang and no
# measurement: machines are shared, and one stood still for two minutes in the midst of a test.
LIMIT = 500.0


def wait_until(is_so: Callable[[], object], pause: float = 0.02) -> None:
    deadline = time.monotonic() + LIMIT
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(pause)
