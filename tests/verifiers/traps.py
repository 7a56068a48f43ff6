"""Texts that do harm, but only in the process they are sent to: what no real text does yet."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any


def _hang() -> None:
    while True:
        pass


def _eat() -> None:
    kept = []
    while True:
        kept.append(bytearray(64 << 20))  # never touched, so that it takes no time


def _eat_in_flint() -> None:
    from flint import fmpz

    fmpz(1) << (1 << 34)


def _fail() -> None:
    raise AssertionError("a bug")


HARMS: dict[str, Callable[[], object]] = {
    "hang": _hang,
    "wait": lambda: time.sleep(600),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "loop": lambda: 3 ** (10**9),  # inside one instruction: no signal handler would run
    "eat": _eat,
    "eat in flint": _eat_in_flint,
    "exit": lambda: os._exit(3),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "fail": _fail,
    "print": lambda: (print("noise"), sys.stderr.write("noise\n")),
}


class Trap(str):
    """Text that does ``harm`` when it is looked up (an equation) or read (an answer, a line)."""

    harm: str
    home: int

    def __new__(cls, text: str, harm: str, home: int | None = None) -> Trap:
        self = super().__new__(cls, text)
        self.harm, self.home = harm, home or os.getpid()
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Trap, (str(self), self.harm, self.home)

    def _spring(self) -> None:
        if os.getpid() != self.home:
            HARMS[self.harm]()

    def __hash__(self) -> int:
        self._spring()
        return hash(str(self))

    def __len__(self) -> int:
        self._spring()
        return len(str(self))

    def strip(self, chars: str | None = None) -> str:
        self._spring()
        return str(self).strip(chars)
