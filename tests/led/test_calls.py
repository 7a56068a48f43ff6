from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rlvr.learn.process_group import ProcessGroup
from rlvr.learn.ranks import RankError
from rlvr.led.calls import STILL_HERE, Bench, Lead, follow
from tests.waiting import wait_until


class Wire(ProcessGroup):
    """One rank of two, whose other end is a queue of what is sent and to be received."""

    def __init__(self, rank: int, seconds: float = 1e6) -> None:
        self.rank, self.size, self.timeout = rank, 2, timedelta(seconds=seconds)
        self.messages: deque[Any] = deque()
        self.is_lost = False

    def send(self, value: object) -> None:
        if self.is_lost:
            raise RankError("lost")
        self.messages.append(value)

    def receive(self) -> Any:
        return self.messages.popleft()


def double(bench: Bench, number: int) -> int:
    return 2 * number


def count(bench: Bench) -> Iterator[int]:
    yield from range(3)


def fail(bench: Bench) -> None:
    raise ZeroDivisionError


def lose(bench: Bench) -> None:
    raise RuntimeError("Connection closed by peer")


def test_the_others_make_each_call_until_they_are_dismissed() -> None:
    wire = Wire(0)
    lead = Lead(wire)
    assert lead.run(double, 4) == 8
    assert list(lead.stream(count)) == [0, 1, 2]
    assert lead.in_step
    lead.dismiss()
    other = Wire(1)
    other.messages = wire.messages
    follow(other)
    assert not other.messages


def test_after_an_error_the_ranks_are_no_longer_in_step() -> None:
    lead = Lead(Wire(0))
    with pytest.raises(ZeroDivisionError):
        lead.run(fail)
    assert not lead.in_step


def test_a_stream_that_nobody_reads_on_is_a_call_that_has_not_ended() -> None:
    """Another call would meet the other ranks in the midst of the stream's."""
    lead = Lead(Wire(0))
    stream = lead.stream(count)
    assert next(stream) == 0
    assert not lead.in_step


def test_a_wait_that_fails_anywhere_in_a_call_names_rank_and_call() -> None:
    with pytest.raises(RankError, match="rank 0 of 2 waited for their part in lose of the other"):
        Lead(Wire(0)).run(lose)
    wire = Wire(1)
    wire.messages.append((lose, (), {}))
    with pytest.raises(RankError, match="rank 1 of 2 waited for their part in lose of the other"):
        follow(wire)


def test_rank_0_says_that_it_is_still_there_between_calls_and_in_none_of_them() -> None:
    wire = Wire(0, seconds=0.02)
    lead = Lead(wire)
    wait_until(lambda: STILL_HERE in wire.messages)
    stream = lead.stream(count)
    next(stream)
    sent = len(wire.messages)
    time.sleep(0.05)
    assert len(wire.messages) == sent
    list(stream)
    wire.messages.clear()
    wait_until(lambda: STILL_HERE in wire.messages)
    lead.dismiss()
    assert wire.messages.pop() is None


def test_ranks_that_are_gone_while_rank_0_works_by_itself_are_not_called_again() -> None:
    wire = Wire(0, seconds=0.02)
    wire.is_lost = True
    lead = Lead(wire)
    wait_until(lambda: not lead.in_step)
