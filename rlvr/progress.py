"""Progress with the time left: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sized
from typing import Protocol, Self, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

Item = TypeVar("Item")

_QUIET_SECONDS = 2.0  # nothing shorter is worth a word
_LINE_SECONDS = 10.0
_LINE_SHARE = 0.1


class Progress:
    """Shows how far a stage is, on stderr, once it has taken longer than two seconds.

    A resumed stage gives the steps it had ``done`` before; the time left then goes by the new ones.

    >>> with Progress("GRPO", total=143) as progress:
    ...     progress.advance(note="reward 0.61")
    """

    def __init__(
        self,
        label: str,
        total: int | None = None,
        done: int = 0,
        console: Console | None = None,
    ) -> None:
        self._label, self._total = label, total
        self._console = console or Console(stderr=True)
        self._display: _Display | None = None
        self._done, self._note = done, ""

    def __enter__(self) -> Self:
        kind = _Bar if self._console.is_terminal else _Lines
        self._display = kind(self._console, self._label, self._total, self._done)
        return self

    def advance(self, count: int = 1, note: str = "") -> None:
        """``count`` more are done; ``note`` (a reward, a loss) is shown behind the bar."""
        assert self._display is not None, "advance outside of the with block"
        self._done += count
        self._note = note or self._note
        self._display.show(self._done, self._note)

    def __exit__(self, *exception: object) -> None:
        assert self._display is not None
        self._display.close(self._done, self._note)
        self._display = None


def track(
    items: Iterable[Item], label: str, total: int | None = None, console: Console | None = None
) -> Iterator[Item]:
    """The items, with progress shown; ``total`` is asked of ``items`` where it has a length."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    with Progress(label, total, console=console) as progress:
        for item in items:
            yield item
            progress.advance()


class _Display(Protocol):
    def __init__(self, console: Console, label: str, total: int | None, done: int) -> None: ...
    def show(self, done: int, note: str) -> None: ...
    def close(self, done: int, note: str) -> None: ...


class _Bar:
    """A bar; what ended within two seconds leaves no trace."""

    def __init__(self, console: Console, label: str, total: int | None, done: int) -> None:
        self._started = time.monotonic()
        self._rich = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            refresh_per_second=4,
        )
        self._task = self._rich.add_task(label, total=total, completed=done, note="")
        self._rich.start()

    def show(self, done: int, note: str) -> None:
        self._rich.update(self._task, completed=done, note=note)

    def close(self, done: int, note: str) -> None:
        if time.monotonic() - self._started < _QUIET_SECONDS:
            self._rich.live.transient = True
        self._rich.stop()


class _Lines:
    """A line every ten seconds, and at each tenth of the way when tenths take longer than two."""

    def __init__(self, console: Console, label: str, total: int | None, done: int) -> None:
        self._console, self._label, self._total = console, label, total
        self._started = self._spoke = time.monotonic()
        self._first = self._spoke_at = done

    def show(self, done: int, note: str) -> None:
        quiet = time.monotonic() - self._spoke
        tenth = self._total and done - self._spoke_at >= _LINE_SHARE * self._total
        if quiet >= _LINE_SECONDS or (tenth and quiet >= _QUIET_SECONDS):
            self._say(done, note)

    def close(self, done: int, note: str) -> None:
        if done > self._spoke_at and time.monotonic() - self._started >= _QUIET_SECONDS:
            self._say(done, note)

    def _say(self, done: int, note: str) -> None:
        self._spoke, self._spoke_at = time.monotonic(), done
        seconds = self._spoke - self._started
        words = f"{self._label}: {done:,}"
        if self._total:
            left = seconds / max(done - self._first, 1) * (self._total - done)
            words += f"/{self._total:,} ({done / self._total:.0%})"
            words += f", {_clock(seconds)} gone, {_clock(left)} left"
        else:
            words += f", {_clock(seconds)} gone"
        words += f", {note}" if note else ""
        self._console.print(words, markup=False, highlight=False, soft_wrap=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
