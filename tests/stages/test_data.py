"""The job on a data set by name with a given model: a small Qwen3 in the hub's layout."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from transformers import AutoModelForCausalLM

from rlvr.config import Config, ModelConfig
from rlvr.config_load import load_config
from rlvr.folder import RunFolder, new_run
from rlvr.newborn import make_tokenizer, save_newborn
from rlvr.prompt import Prompter
from rlvr.run import run_job
from rlvr.stages.data import RunData

SMALL = ModelConfig(width=32, layers=1, heads=2, kv_heads=1, mlp_width=64)


def write_rows(path: Path, count: int, **more: str) -> Path:
    rows = [
        {"problem": f"add {n} to {2 * n + 1} and take {n % 5}", "gold": "2" if n % 2 else "3"}
        for n in range(count)
    ]
    path.write_text("\n".join(json.dumps(row | more) for row in rows))
    return path


def config_for(tmp_path: Path, data: Path, *overrides: str) -> Config:
    model = save_newborn(SMALL, 0, tmp_path / "model")
    return load_config(
        "smoke",
        None,
        [
            f"runs={tmp_path / 'runs'}", f"model.path={model}", f"data.source.name={data}",
            "rollout.engine=transformers", "rollout.max_new_tokens=8", "trace.wandb=disabled",
            "data.validation_size=4", "trace.probe_problems=4", "data.test_size=6",
            *overrides,
        ],
    )  # fmt: skip


def run(config: Config) -> tuple[RunFolder, str]:
    folder, out = new_run(config), io.StringIO()
    run_job(config, folder, resumed=False, console=Console(file=out, width=200))
    return folder, out.getvalue()


def rollouts(folder: RunFolder) -> list[dict[str, Any]]:
    files = sorted((folder.path / "rollouts").iterdir())
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, str, Config]:
    path = tmp_path_factory.mktemp("lessons")
    data = write_rows(path / "a.jsonl", 40)
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    for row in rows:
        row["working"] = f"\\boxed{{{row['gold']}}}"
    rows += [{"problem": "how many", "gold": "18 dollars"}]
    data.write_text("\n".join(map(json.dumps, rows)))
    steps = ("sft.steps=150", "grpo.steps=2", "grpo.problems=6", "grpo.group_size=4")
    config = config_for(path, data, *steps)
    return *run(config), config


def test_lessons_then_rewards_by_gold(lessons):
    folder, _, _ = lessons
    rows = rollouts(folder)
    assert len(rows) == 2 * 6 * 4
    for row in rows:
        right = re.findall(r"\\boxed\{(.*?)\}", row["completion"]) == [row["gold"]]
        assert (row["verdict"] == "correct") == right, (row["completion"], row["gold"])
        assert (row["terms"]["correct"] == 1.0) == right
    # The lessons have taught the two answers, and no way to tell which.
    assert {row["verdict"] for row in rows} == {"correct", "incorrect"}
    assert AutoModelForCausalLM.from_pretrained(folder.model("final")).config.hidden_size == 32


def test_what_was_left_out_stands_in_the_summary_and_on_the_terminal(lessons):
    folder, output, config = lessons
    (data,) = json.loads(folder.summary.read_text())["data"]
    assert data["name"] == config.data.source.name
    assert data["rows"] == 41
    assert data["left_out"] == {"unreadable_gold": 1}
    assert data["used"] == {"train": 30, "validation": 4, "test": 6, "sft": 30}
    assert "left out: 1 unreadable_gold" in output


def test_without_lessons_the_model_is_reinforced_as_it_is(tmp_path):
    config = config_for(
        tmp_path, write_rows(tmp_path / "a.jsonl", 20), "sft.steps=0", "grpo.steps=1"
    )
    folder, _ = run(config)
    assert not folder.model("sft").exists()
    assert not folder.model("newborn").exists()
    assert len(rollouts(folder)) == 16
    assert json.loads(folder.summary.read_text())["before"]["undecided_rate"] == 0


def data_of(tmp_path: Path, *overrides: str, **more: str) -> RunData:
    data = write_rows(tmp_path / "a.jsonl", 20, **more)
    config = config_for(tmp_path, data, *overrides)
    return RunData(config, tmp_path / "data", Console(file=io.StringIO()))


def test_lessons_that_are_not_there_are_missed_before_the_start(tmp_path):
    with pytest.raises(ValueError, match=r"no worked solutions: set sft.steps=0"):
        data_of(tmp_path, "sft.steps=3")


def test_prompts_without_room_are_left_out_and_counted(tmp_path):
    prompter = Prompter(make_tokenizer(), "bare")
    data = data_of(tmp_path, "sft.steps=0", "model.max_length=32")
    tasks = data.tasks("train", prompter)
    assert data.tasks("train", prompter) == tasks  # counted once
    assert 0 < len(tasks) < 10
    assert all(len(prompter.prompt(task).token_ids) + 8 <= 32 for task in tasks)
    (sifting,) = data.siftings
    assert sifting["left_out"] == {"prompt_too_long (train)": 10 - len(tasks)}
    assert sifting["used"]["train"] == len(tasks)
    (tmp_path / "b").mkdir()
    with pytest.raises(ValueError, match=r"no problem of the split train fits model.max_length=12"):
        data_of(tmp_path / "b", "sft.steps=0", "model.max_length=12").tasks("train", prompter)
