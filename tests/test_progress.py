from __future__ import annotations

import io

import pytest
from rich.console import Console

from rlvr import progress as module
from rlvr.progress import Progress, track


class Clock:
    """Stands in for the module ``time``: a step takes as long as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def plain() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=False, width=60), out


def run(clock: Clock, total: int, seconds: float, done: int = 0) -> list[str]:
    console, out = plain()
    with Progress("GRPO", total, done=done, console=console) as progress:
        for _ in range(done, total):
            clock.now += seconds
            progress.advance(note="reward [0.5]")
    return out.getvalue().splitlines()


def test_what_is_short_says_nothing(clock: Clock) -> None:
    assert run(clock, total=100, seconds=0.019) == []


def test_a_line_every_tenth(clock: Clock) -> None:
    lines = run(clock, total=100, seconds=0.5)
    assert len(lines) == 10
    assert lines[0] == "GRPO: 10/100 (10%), 0:05 gone, 0:45 left, reward [0.5]"
    assert lines[-1] == "GRPO: 100/100 (100%), 0:50 gone, 0:00 left, reward [0.5]"


def test_a_line_every_ten_seconds_when_tenths_take_longer(clock: Clock) -> None:
    lines = run(clock, total=100, seconds=4)
    assert [line.split(",")[1].strip() for line in lines[:3]] == [
        "0:12 gone",
        "0:24 gone",
        "0:36 gone",
    ]
    assert len(lines) == 34


def test_few_lines_when_tenths_are_short(clock: Clock) -> None:
    assert len(run(clock, total=50, seconds=0.1)) == 3  # 5 seconds: after 2, 4, and at the end


def test_time_left_of_a_resumed_stage_goes_by_its_own_steps(clock: Clock) -> None:
    lines = run(clock, total=100, seconds=1, done=80)
    assert lines[0] == "GRPO: 90/100 (90%), 0:10 gone, 0:10 left, reward [0.5]"


def test_without_a_total(clock: Clock) -> None:
    console, out = plain()
    for _ in track(iter(range(3)), "reading", console=console):
        clock.now += 6
    assert out.getvalue().splitlines() == ["reading: 2, 0:12 gone", "reading: 3, 0:18 gone"]


def test_a_stage_of_nothing() -> None:
    console, out = plain()
    assert list(track([], "nothing", console=console)) == []
    assert out.getvalue() == ""


def test_track_gives_every_item_and_closes_on_an_error(clock: Clock) -> None:
    console, out = plain()
    assert list(track("abc", "letters", console=console)) == ["a", "b", "c"]
    items = track(range(10), "numbers", console=console)
    for item in items:
        clock.now += 5
        if item == 3:
            break
    items.close()  # type: ignore[attr-defined]
    assert out.getvalue().splitlines()[-1].startswith("numbers: 3/10 (30%), 0:15 gone")


def test_a_bar_in_a_terminal(clock: Clock) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100)
    with Progress("outer [red]", 2, console=console) as progress:
        for _ in track(range(3), "inner", console=console):  # one bar inside another
            clock.now += 1
        progress.advance(2, note="loss [1]")
    assert "outer [red]" in out.getvalue()
    assert "2/2" in out.getvalue()
    assert "loss [1]" in out.getvalue()
