"""Imports of libraries that take seconds."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Import without the garbage collector looking, again and again, at what will live to the end.

    It does not look at that later, either: vLLM calls it several times when it loads a model.
    """
    was_enabled = gc.isenabled()
    gc.collect()  # or what is garbage now would live to the end, too
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
