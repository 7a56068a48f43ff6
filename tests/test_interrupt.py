from __future__ import annotations

import os
import signal
import threading

import pytest

from rlvr.interrupt import Interrupt


def ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_once_asks_and_twice_stops(capfd: pytest.CaptureFixture[str]) -> None:
    former = signal.getsignal(signal.SIGINT)
    steps = 0
    with pytest.raises(KeyboardInterrupt), Interrupt() as interrupt:  # noqa: PT012
        assert not interrupt.requested
        ctrl_c()
        assert interrupt.requested
        steps += 1  # the step in progress goes on
        ctrl_c()
        steps += 1
    assert steps == 1
    assert "finishing this step" in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is former


def test_the_former_handler_comes_back() -> None:
    caught: list[int] = []
    outer = signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
    try:
        with Interrupt():
            pass
        ctrl_c()
        assert caught == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, outer)


def test_in_another_thread_it_does_nothing() -> None:
    entered: list[bool] = []

    def work() -> None:
        with Interrupt() as interrupt:
            entered.append(interrupt.requested)

    former = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert entered == [False]
    assert signal.getsignal(signal.SIGINT) is former
