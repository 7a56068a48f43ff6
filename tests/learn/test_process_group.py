from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta

import pytest

from rlvr.learn.process_group import join
from rlvr.learn.ranks import OneRank, RankError


@pytest.fixture
def set_environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Sets what torchrun would, for rank 0; returns a port that nobody listens on."""

    def set_variables(**changes: str | None) -> int:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = int(found.getsockname()[1])
        whole = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
        for name, value in {**whole, "MASTER_PORT": str(port), **changes}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return port

    return set_variables


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("changes", [{"RANK": None}, {"WORLD_SIZE": "1"}])
def test_without_other_processes_there_is_no_process_group(
    set_environment: Callable[..., int], changes: dict[str, str | None]
) -> None:
    set_environment(**changes)
    assert isinstance(join("cpu", SECOND), OneRank)


def test_an_incomplete_environment_is_refused(set_environment: Callable[..., int]) -> None:
    set_environment(LOCAL_RANK=None, MASTER_ADDR=None)
    with pytest.raises(ValueError, match="RANK but not LOCAL_RANK, MASTER_ADDR; a process"):
        join("cpu", SECOND)


def test_a_rank_that_never_comes_is_waited_for_only_so_long(
    set_environment: Callable[..., int],
) -> None:
    port = set_environment()
    expected = f"rank 0 of 2 waited for all ranks to come to 127.0.0.1:{port}, with a limit of 1 s"
    with pytest.raises(RankError, match=expected):
        join("cpu", SECOND)
