"""Ctrl-C that lets the step in progress finish."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Any, Self


class Interrupt:
    """A context in which the first Ctrl-C only sets ``requested``; the second stops at once.

    The loop looks at ``requested`` after each step, saves, and leaves. The second Ctrl-C raises
    ``KeyboardInterrupt`` where the program stands. On leaving, the former handler is back. Signals
    reach the main thread alone, so in any other thread this does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._former: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._former = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._former is not None:
            signal.signal(signal.SIGINT, self._former)
            self._former = None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        # Not print: the signal may have come in the middle of one.
        os.write(2, b"\nfinishing this step, then saving; Ctrl-C again stops at once\n")
