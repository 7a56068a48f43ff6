from __future__ import annotations

import json
import subprocess
import sys

import pytest

from rlvr.config_load import load_config
from rlvr.newborn import save_newborn
from tests.test_cli import run

ROWS = [{"equation": f"{i}x = 6", "difficulty": i % 2} for i in range(1, 5)]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(save_newborn(load_config("smoke").model, 0, tmp_path_factory.mktemp("m") / "model"))


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return str(tmp_path / "data.jsonl")


def options(output, *more):
    return (
        "--engine", "transformers", "--template", "bare", "--max-new-tokens", "8",
        "--samples", "4", "--output", str(output), *more,
    )  # fmt: skip


def test_an_evaluation_its_files_and_a_comparison(monkeypatch, capsys, tmp_path, model, data):
    a, b = tmp_path / "a", tmp_path / "b"
    code, out, err = run(monkeypatch, capsys, "eval", model, "--data", data, *options(a))
    assert code == 0, err
    assert "pass@4" in out
    assert "difficulty" in out
    assert {path.name for path in a.iterdir()} == {
        "settings.json", "problems.jsonl", "summary.json"
    }  # fmt: skip
    code, out, err = run(
        monkeypatch, capsys,
        "eval", model, "--data", data, *options(b, "--seed", "1", "--k", "2", "--json"),
    )  # fmt: skip
    assert code == 0, err
    summary = json.loads(out)
    assert summary == json.loads((b / "summary.json").read_text())
    assert list(summary["overall"]) == ["greedy", "pass@2", "maj@2"]
    assert summary["num_problems"] == 4
    compare = ("eval", "--compare", str(a), str(b))
    code, out, err = run(monkeypatch, capsys, *compare)
    assert code == 0, err
    assert "The settings differ (A's, not B's): seed: 0, not 1." in " ".join(out.split())
    code, out, err = run(monkeypatch, capsys, *compare, "--json")
    assert json.loads(out)["overall"]["sign"] == {"only_a": 0, "only_b": 0, "p": 1.0}


def test_the_same_command_goes_on_and_another_is_refused(
    monkeypatch, capsys, tmp_path, model, data
):
    arguments = ("eval", model, "--data", data, *options(tmp_path / "e"))
    assert run(monkeypatch, capsys, *arguments)[0] == 0
    assert run(monkeypatch, capsys, *arguments)[0] == 0
    code, _, err = run(monkeypatch, capsys, *arguments, "--temperature", "0.5")
    assert code == 2
    assert "temperature: 1.0, not 0.5" in " ".join(err.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "needs a MODEL and --data; or --compare A B"),
        (("m", "--data", "d.jsonl", "--k", "0"), "accepted: whole numbers from 1, as 1,4,16"),
        (("m", "--data", "d.jsonl", "--k", "32"), "--k 32 needs as many samples; --samples is 16"),
        (("m", "--data", "d.jsonl"), "there is no file or folder d.jsonl"),
        (("m", "--data", "d.jsonl", "--columns", "x=y"), "accepted: FIELD=COLUMN"),
        (("m", "--compare", "a", "b"), "--compare takes two folders of evaluations"),
        (("--compare", "a", "b"), "a is no evaluation"),
        (("m", "--data", "d.jsonl", "--temperature", "0"), "--temperature is 0; accepted"),
    ],
)
def test_errors_say_what_is_accepted(monkeypatch, capsys, arguments, message):
    code, _, err = run(monkeypatch, capsys, "eval", *arguments)
    assert code == 2
    assert message in " ".join(err.split())


def test_a_model_folder_that_is_not_there(monkeypatch, capsys, tmp_path):
    """Said before its data set is looked for, which here is nowhere either."""
    code, _, err = run(monkeypatch, capsys, "eval", str(tmp_path / "nowhere"), "--data", "d.jsonl")
    assert code == 2
    assert "there is no folder" in " ".join(err.split())


def test_comparing_starts_without_torch():
    code = "import sys, rlvr.evals.compare, rlvr.evals.report; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_several_ranks_are_refused(monkeypatch, capsys, tmp_path, model, data):
    monkeypatch.setattr("rlvr.cli_eval.num_ranks", lambda: 2)
    code, _, err = run(monkeypatch, capsys, "eval", model, "--data", data, *options(tmp_path / "a"))
    assert code == 2
    assert "torchrun starts rlvr train and rlvr sft" in " ".join(err.split())
    assert not (tmp_path / "a").exists()
