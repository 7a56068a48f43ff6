import fcntl

import pytest

from rlvr.evals.folder import EvalFolder, mend
from tests.evals.make import make_answered, make_settings

RECORDS = [make_answered("p1", samples="ra-"), make_answered("p2", samples="r?b")]


@pytest.fixture
def folder(tmp_path):
    folder = EvalFolder(tmp_path / "eval")
    folder.begin(make_settings(), [])
    folder.append(RECORDS)
    return folder


def test_there_and_back(folder):
    assert folder.read() == RECORDS
    assert folder.read_settings() == (make_settings(), [])


@pytest.mark.parametrize("tail", [b"", b"{", b'{"id": "p3"', b"x" * 200_000])
def test_a_torn_line_goes_and_whole_ones_stay(folder, tail):
    before = folder.problems.read_bytes()
    folder.problems.write_bytes(before + tail)
    assert folder.read() == RECORDS
    assert folder.resume(["p1", "p2", "p3"]) == 2
    assert folder.problems.read_bytes() == before


def test_a_file_of_nothing_but_a_torn_line(tmp_path):
    (tmp_path / "a").write_bytes(b"torn")
    mend(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b""
    mend(tmp_path / "not there")


def test_other_problems_or_another_order_are_refused(folder):
    for ids in (["p2", "p1"], ["p1"], ["p1", "p3", "p2"]):
        with pytest.raises(ValueError, match="has other problems than the data"):
            folder.resume(ids)


def test_other_settings_are_named(folder):
    folder.check(make_settings(model="elsewhere"))
    with pytest.raises(ValueError, match=r"other settings \(samples: 4, not 8; seed: 0, not 3\)"):
        folder.check(make_settings(samples=8, seed=3))


def test_a_folder_with_anything_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ValueError, match="is no evaluation and not empty"):
        EvalFolder(tmp_path).begin(make_settings(), [])
    with pytest.raises(ValueError, match=r"it has no settings\.json"):
        EvalFolder(tmp_path).read_settings()


def test_rows_of_something_else_are_refused(folder):
    folder.problems.write_text('{"id": "p1"}\n')
    with pytest.raises(ValueError, match=r"problems\.jsonl: not a row of an evaluation"):
        folder.read()


def test_two_writers_are_one_too_many(folder):
    with folder.settings.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match="written by another"), folder.locked():
            pass
    with folder.locked():
        pass
