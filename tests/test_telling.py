from __future__ import annotations

import io

import pytest
from rich.console import Console
from torch.distributed import TCPStore

from rlvr.learn.ranks import RankError
from rlvr.telling import tell_once


@pytest.fixture
def _store(monkeypatch: pytest.MonkeyPatch):
    store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    values = {"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
    for name, value in {**values, "MASTER_PORT": str(store.port)}.items():
        monkeypatch.setenv(name, value)
    return store


def told(error: Exception) -> tuple[int, str]:
    file = io.StringIO()
    try:
        raise error
    except type(error) as raised:
        return tell_once(raised, Console(file=file)), file.getvalue()


@pytest.mark.usefixtures("_store")
def test_the_first_rank_to_fail_says_what_and_where_and_the_others_nothing(monkeypatch):
    assert told(ValueError("no such key")) == (2, "error on rank 1 of 2: no such key\n")
    monkeypatch.setenv("RANK", "0")
    assert told(RankError("rank 1 did not come")) == (1, "")
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")  # another attempt, another error
    code, text = told(ZeroDivisionError("x"))
    assert code == 1
    assert "Traceback" in text
    assert text.endswith("error on rank 0 of 2: ZeroDivisionError\n")


def test_without_a_store_to_ask_it_is_told(monkeypatch):
    for name in ("MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert told(OSError("disk full"))[1] == "error on rank 0 of 2: disk full\n"
