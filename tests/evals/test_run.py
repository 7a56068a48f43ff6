"""An evaluation from problems to its folder: resumed, killed, with any batch, on both engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rlvr.config_load import load_config
from rlvr.config_rollout import RolloutConfig
from rlvr.evals.folder import EvalFolder
from rlvr.evals.run import Wanted, answer_all, default_folder
from rlvr.newborn import save_newborn
from rlvr.rollout.factory import vllm_import_problem
from tests.evals.make import Guesser
from tests.waiting import wait_until

ROWS = [{"id": f"p{i}", "equation": f"{i + 1}x = {i + 1}"} for i in range(10)]
ROWS += [{"id": "s", "equation": "sin x = x"}, {"id": "l", "equation": "x = 1" + " + 1" * 60}]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("eval") / "model"
    return str(save_newborn(load_config("smoke").model, 0, folder))


def wanted(model: str, batch: int = 5, **changes: object) -> Wanted:
    rollout = RolloutConfig(
        engine="transformers", max_sequences=batch, max_new_tokens=8, kv_cache_gb=0.05
    )
    asked = Wanted(
        model=model, data="d", split="test", rows=ROWS, template="bare",
        chat_template=True, rollout=rollout, samples=4, seed=0,
    )  # fmt: skip
    return replace(asked, **changes)  # type: ignore[arg-type]


def test_rows_become_records(model, tmp_path):
    folder, engine = EvalFolder(tmp_path / "e"), Guesser()
    answer_all(wanted(model), folder, lambda *_: engine)
    records = folder.read()
    assert [record.id for record in records] == [f"p{i}" for i in range(10)] + ["l"]
    first = records[0]
    assert first.greedy.is_right
    assert first.greedy.evidence
    for record in records[:10]:
        guesses = [each.completion for each in record.samples]
        right = {each.completion: each.is_right for each in record.samples}
        assert right == {guess: guess == "\\boxed{1}" for guess in guesses}
        assert [guesses.index(guess) for guess in guesses] == [
            record.votes.index(vote) for vote in record.votes
        ]
    assert [each.id for each in folder.read_settings()[1]] == ["s"]
    assert engine.sizes[:2] == [4, 16]  # 4 * 5 // (4 + 1) problems a portion
    assert engine.sizes[-1] == -1


def test_a_prompt_that_leaves_no_room_is_left_out(model, tmp_path):
    rollout = wanted(model).rollout.model_copy(update={"max_new_tokens": 200})
    folder = EvalFolder(tmp_path / "e")
    answer_all(wanted(model, rollout=rollout), folder, lambda *_: Guesser())
    assert [(each.id, each.reason) for each in folder.read_settings()[1]] == [
        ("s", "unsupported_equation"), ("l", "prompt_too_long")
    ]  # fmt: skip


def test_nothing_to_score_is_an_error(model, tmp_path):
    folder = EvalFolder(tmp_path / "e")
    with pytest.raises(ValueError, match="none of the 1 rows can be scored; the first: unsupp"):
        answer_all(wanted(model, rows=ROWS[10:11]), folder, lambda *_: Guesser())
    assert not folder.path.exists()


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_the_batch_changes_no_byte(model, tmp_path, batch):
    folders = [EvalFolder(tmp_path / name) for name in "ab"]
    answer_all(wanted(model), folders[0], lambda *_: Guesser())
    answer_all(wanted(model, batch), folders[1], lambda *_: Guesser())
    assert folders[0].problems.read_bytes() == folders[1].problems.read_bytes()
    assert folders[0].settings.read_bytes() == folders[1].settings.read_bytes()


def test_fewer_samples_are_the_first_of_more(model, tmp_path):
    folders = [EvalFolder(tmp_path / name) for name in "ab"]
    for samples, folder in zip((2, 4), folders, strict=True):
        answer_all(wanted(model, samples=samples), folder, lambda *_: Guesser())
    for few, more in zip(folders[0].read(), folders[1].read(), strict=True):
        assert few.samples == more.samples[:2]


def test_a_finished_one_needs_no_engine_and_other_settings_are_refused(model, tmp_path):
    folder = EvalFolder(tmp_path / "e")
    answer_all(wanted(model), folder, lambda *_: Guesser())
    before = folder.problems.read_bytes()

    def no_engine(*_: object) -> Guesser:
        raise AssertionError("nothing is left to do")

    answer_all(wanted(model, batch=9), folder, no_engine)
    assert folder.problems.read_bytes() == before
    for change, name in (({"seed": 1}, "seed"), ({"rows": ROWS[:5]}, "data_digest")):
        with pytest.raises(ValueError, match=f"other settings .*{name}"):
            answer_all(wanted(model, **change), folder, no_engine)


PROGRAM = """
import sys, time
from rlvr.evals.folder import EvalFolder
from rlvr.evals.run import answer_all
from tests.evals.make import Guesser
from tests.evals.test_run import wanted
from pathlib import Path

class Slow(Guesser):
    def generate(self, requests, sampling):
        time.sleep(0.3)
        return super().generate(requests, sampling)

answer_all(wanted(sys.argv[1], batch=2), EvalFolder(Path(sys.argv[2])), lambda *_: Slow())
"""


def test_killed_in_the_middle_and_gone_on_with_it_writes_the_same_bytes(model, tmp_path):
    whole, killed = EvalFolder(tmp_path / "whole"), EvalFolder(tmp_path / "killed")
    answer_all(wanted(model), whole, lambda *_: Guesser())
    program = [sys.executable, "-c", PROGRAM, model, str(killed.path)]
    with subprocess.Popen(program, start_new_session=True) as process:
        path = killed.problems
        wait_until(
            lambda: (
                process.poll() is not None
                or (path.is_file() and path.read_bytes().count(b"\n") >= 3)
            ),
            pause=0.01,
        )
        assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
    lines = killed.problems.read_bytes().splitlines(keepends=True)
    assert 3 <= len(lines) < 11
    killed.problems.write_bytes(b"".join(lines[:-1]) + lines[-1][:-40])  # torn as well
    engine = Guesser()
    answer_all(wanted(model), killed, lambda *_: engine)
    assert killed.problems.read_bytes() == whole.problems.read_bytes()
    assert killed.settings.read_bytes() == whole.settings.read_bytes()
    assert sum(size for size in engine.sizes if size > 0) == 5 * (12 - len(lines))


@pytest.mark.parametrize("engine", ["transformers", "vllm"])
def test_real_engines_write_the_same_with_any_batch(model, tmp_path, engine):
    if engine == "vllm" and (problem := vllm_import_problem()):
        pytest.skip(problem)
    folders = [EvalFolder(tmp_path / name) for name in "ab"]
    for batch, folder in zip((3, 64), folders, strict=True):
        asked = wanted(model, batch, rows=ROWS[:6])
        rollout = asked.rollout.model_copy(update={"engine": engine})
        answer_all(replace(asked, rollout=rollout), folder)
    assert folders[0].problems.read_bytes() == folders[1].problems.read_bytes()
    texts = [each.completion for record in folders[0].read() for each in record.samples]
    assert len(set(texts)) > 20  # a random model: equal files mean equal draws
    assert json.loads(folders[0].settings.read_text())["engine"] == engine


def test_folders_have_names_by_default():
    assert default_folder("runs/tiny/models/final", "runs/tiny", "test") == Path(
        "evals/models-final--runs-tiny-test"
    )
    assert default_folder("/a/model", "nobody/set", "dev") == Path("evals/a-model--nobody-set-dev")


def test_gold_answers_decide_and_unreadable_ones_are_never_scored(model, tmp_path):
    rows = [
        {"problem": "How many?", "gold": "So it is one.\n#### 1", "difficulty": 2},
        {"problem": "How much?", "gold": "18 dollars"},
        {"problem": "What half?", "gold": "x = \\frac{2}{2}"},
        {"problem": "Prove it."},
    ]
    folder = EvalFolder(tmp_path / "e")
    answer_all(wanted(model, rows=rows), folder, lambda *_: Guesser())
    records = folder.read()
    assert [(each.id, each.greedy.is_right) for each in records] == [
        ("row-000000", True), ("row-000002", True)
    ]  # fmt: skip
    assert [(each.expected, each.difficulty) for each in records] == [("{1}", "2"), ("{1}", "")]
    assert {each.id for each in folder.read_settings()[1]} == {"row-000001", "row-000003"}
