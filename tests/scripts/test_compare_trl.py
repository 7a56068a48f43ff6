"""The comparison with TRL: the statistics, what TRL is told, and the reading of runs; no TRL."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from rlvr.config import Config
from rlvr.config_load import load_config
from scripts.trl_comparison import environment
from scripts.trl_comparison.agreement import (
    agreement,
    paired,
    student_quantile,
    welch,
    window_means,
)
from scripts.trl_comparison.environment import trl_python
from scripts.trl_comparison.results import curves, speed
from scripts.trl_comparison.runs import (
    Contestant,
    FailedError,
    make_config,
    read_rows,
    run_once,
    shared_machine,
)
from scripts.trl_comparison.settings import FIXED, MATCHED, OURS, trl_arguments
from scripts.trl_comparison.table import aims, margin_text, settings_table, sides_table
from tests.scripts.conftest import ROOT


def config(*overrides: str) -> Config:
    return load_config("tiny", overrides=[*OURS, *overrides])


# Statistics


@pytest.mark.parametrize(
    ("probability", "freedom", "table"),
    [(0.975, 4, 2.776), (0.975, 8, 2.306), (0.95, 1, 6.314), (0.995, 30, 2.750), (0.5, 7, 0.0)],
)
def test_quantiles_are_those_of_the_printed_tables(
    probability: float, freedom: float, table: float
) -> None:
    assert student_quantile(probability, freedom) == pytest.approx(table, abs=5e-4)


def test_welch_by_hand() -> None:
    # Means 2 and 5, variances 1 and 4: error sqrt(1/3 + 4/3), freedom (5/3)^2 / (1/18 + 16/18).
    found = welch([1, 2, 3], [3, 5, 7])
    half = student_quantile(0.975, (25 / 9) / (17 / 18)) * (5 / 3) ** 0.5
    assert (found.value, found.low, found.high) == pytest.approx((-3, -3 - half, -3 + half))


def test_pairs_by_hand() -> None:
    # Differences 1, 1, 4: mean 2, variance 3, error 1; t(2) at 97.5 % is 4.303.
    found = paired([2, 3, 5], [1, 2, 1])
    assert (found.value, found.low, found.high) == pytest.approx((2, -2.303, 6.303), abs=1e-3)


def test_equal_seeds_have_an_interval_without_width() -> None:
    found = welch([1.0, 1.0], [1.0, 1.0])
    assert (found.low, found.high) == (0, 0)
    assert found.holds_zero


def test_one_seed_has_no_spread() -> None:
    with pytest.raises(ValueError, match="at least two"):
        welch([1.0], [1.0, 2.0])


def test_windows_are_counted_back_from_the_end() -> None:
    assert window_means([[9, 1, 3, 5, 7], [9, 2, 2, 4, 4]], 2) == [[2, 2], [6, 4]]
    with pytest.raises(ValueError, match="at least one window of 10"):
        window_means([[1.0] * 9], 10)


def drawn(shift: float, seed: int, num_seeds: int = 5, num_steps: int = 40) -> list[list[float]]:
    """Curves that rise, with noise of a step and of a seed, and ``shift`` in their second half."""
    rng = Random(seed)
    offsets = [rng.gauss(0, 0.01) for _ in range(num_seeds)]
    return [
        [
            0.8 + 0.005 * t + offset + shift * (t >= num_steps // 2) + rng.gauss(0, 0.03)
            for t in range(num_steps)
        ]
        for offset in offsets
    ]


def test_equal_processes_agree_in_most_draws() -> None:
    # Both tests are at 5 %, so at least about 90 % of the pairs agree; 40 draws, 4 standard errors.
    held = [agreement(drawn(0, 2 * k), drawn(0, 2 * k + 1), 10).holds for k in range(40)]
    assert sum(held) >= 28


def test_a_shift_in_the_second_half_is_seen_in_its_windows_and_at_the_end() -> None:
    found = agreement(drawn(0.2, 1), drawn(0, 2), 10)
    assert not found.holds
    assert not found.tail.holds_zero
    assert found.tail.value == pytest.approx(0.2, abs=0.05)
    assert [each.holds_zero for each in found.windows] == [True, True, False, False]


def test_the_windows_hold_together_at_95_percent() -> None:
    found = agreement(drawn(0, 1), drawn(0, 2), 10)
    assert [each.confidence for each in found.windows] == pytest.approx([0.9875] * 4)


def test_too_wide_an_interval_is_said_to_show_nothing() -> None:
    narrow = agreement([[1.0] * 10, [1.001] * 10], [[1.0] * 10, [1.0] * 10], 10)
    wide = agreement([[0.0] * 10, [1.0] * 10], [[0.0] * 10, [1.0] * 10], 10)
    assert "yes" in margin_text(narrow)
    assert wide.holds
    assert "not shown" in margin_text(wide)


# What TRL is told


def test_no_argument_is_named_twice() -> None:
    names = [each.argument for each in (*MATCHED, *FIXED)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("override", "argument", "expected"),
    [
        ("seed=7", "seed", 7),
        ("grpo.steps=9", "max_steps", 9),
        ("grpo.group_size=4", "num_generations", 4),
        ("grpo.group_size=4", "gradient_accumulation_steps", 2),
        ("grpo.problems=2", "per_device_train_batch_size", 16),
        ("rollout.temperature=0.7", "temperature", 0.7),
        ("reward.truncated=mask", "mask_truncated_completions", True),
        ("grpo.advantage=group_std", "scale_rewards", "group"),
        ("grpo.surrogate.clip_low=0.1", "epsilon", 0.1),
        ("grpo.surrogate.clip_high=0.4", "epsilon_high", 0.4),
        ("grpo.optimizer.lr=3e-4", "learning_rate", 3e-4),
        ("grpo.optimizer.betas=[0.8, 0.95]", "adam_beta1", 0.8),
        ("grpo.optimizer.betas=[0.8, 0.95]", "adam_beta2", 0.95),
        ("grpo.optimizer.eps=1e-6", "adam_epsilon", 1e-6),
        ("grpo.optimizer.weight_decay=0.1", "weight_decay", 0.1),
        ("grpo.optimizer.max_grad_norm=0.5", "max_grad_norm", 0.5),
    ],
)
def test_a_key_of_ours_moves_its_argument(override: str, argument: str, expected: object) -> None:
    assert trl_arguments(config())[argument] != expected
    assert trl_arguments(config(override))[argument] == expected


def test_a_longer_completion_moves_both_the_limit_and_the_divisor() -> None:
    longer = config("rollout.max_new_tokens=96", "grpo.aggregation={kind='constant', length=96}")
    assert trl_arguments(longer)["max_completion_length"] == 96
    assert trl_arguments(longer)["loss_type"] == "dr_grpo"


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("grpo.advantage=rloo", "group_mean or group_std"),
        ("grpo.aggregation={kind='constant', length=64}", "grpo.aggregation: constant"),
        ("rollout.max_new_tokens=64", "rollout.max_new_tokens as its length"),
        ("grpo.surrogate=cispo", "grpo.surrogate: clipped"),
        ("grpo.kl=k2_in_loss", "grpo.kl: none"),
        ("grpo.entropy_bonus=0.01", "grpo.entropy_bonus: 0"),
        ("grpo.epochs=2", "grpo.epochs"),
        ("grpo.mini_batches=2", "grpo.mini_batches"),
        ("grpo.sampling.refill_rounds=2", "grpo.sampling"),
        ("grpo.sampling.difficulty=learnability", "grpo.sampling"),
        ("grpo.optimizer.kind=muon", "grpo.optimizer.kind: adamw"),
        ("grpo.problems=33", "a multiple of 64"),
    ],
)
def test_what_trl_cannot_be_told_is_refused_by_name(override: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        trl_arguments(config(override))


def test_the_mean_over_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match=r"grpo\.aggregation: constant"):
        trl_arguments(load_config("tiny"))


def test_each_key_of_ours_exists() -> None:
    values = config().model_dump()
    for each in MATCHED:
        found: object = values
        for name in each.ours.split("."):
            assert isinstance(found, dict), each
            found = found[name]


def test_the_table_of_settings_names_every_argument() -> None:
    text = settings_table(config())
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == trl_arguments(config()).keys()


def test_the_documentation_shows_the_settings_that_are_used() -> None:
    assert settings_table(config()) in (ROOT / "docs/trl.md").read_text()


# Runs


def rows(seconds: list[float], memory: float = 100.0) -> list[dict[str, float]]:
    steps = [
        {"seconds": s, "reward": 0.5, "completions": 8.0, "tokens": 80.0, "seconds/rollout": s / 2}
        for s in seconds
    ]
    return [*steps, {"peak_memory_mb": memory, "loaded_memory_mb": memory / 2}]


def test_speed_leaves_the_first_step_out_and_pools_the_seeds() -> None:
    found = speed([rows([9, 1, 2], 100), rows([9, 1, 4], 300)])
    assert found.completions_per_second == 8 * 4 / 8
    assert found.tokens_per_second == 80 * 4 / 8
    assert found.step_seconds == 1.5
    assert (found.peak_memory_mb, found.loaded_memory_mb) == (200, 100)
    assert found.stages == {"rollout": 0.75}
    assert curves([rows([1, 1])], "reward") == [[0.5, 0.5]]
    with pytest.raises(ValueError, match="nothing to take a speed from"):
        speed([rows([9])])


def test_the_aims_are_judged_and_the_ratios_shown() -> None:
    fast, slow = speed([rows([1, 1], 100)]), speed([rows([4, 4], 90)])
    assert "times TRL's completions a second: met (4.00)" in aims(fast, slow)
    assert "no more memory: NOT met (1.11" in aims(fast, slow)
    assert "| completions/s | 8 | 2 | 4.00 |" in sides_table(fast, slow)


CHILD = """
import json, sys
output = sys.argv[2]
with open(output, "w") as file:
    for _ in range(3):
        file.write(json.dumps({"reward": 1.0}) + "\\n")
    if "fail" in sys.argv:
        sys.exit("broken")
    file.write(json.dumps({"peak_memory_mb": 1.0}) + "\\n")
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contestant:
    (tmp_path / "stub_child.py").write_text(CHILD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return Contestant(name="stub", label="stub", child="stub_child")


def test_a_whole_run_is_read_and_not_made_again(child: Contestant, tmp_path: Path) -> None:
    output, seen = tmp_path / "out/stub-0.jsonl", []
    python = Path(sys.executable)
    made = run_once(child, python, config(), output, lambda n, note: seen.append(n))
    assert [len(made), sum(seen)] == [4, 3]
    stamp = output.stat().st_mtime_ns
    assert run_once(child, python, config(), output, lambda n, note: seen.append(n)) == made
    assert output.stat().st_mtime_ns == stamp
    assert sum(seen) == 6
    with pytest.raises(ValueError, match="other settings"):
        run_once(child, python, config("seed=3"), output, lambda n, note: None)


def test_a_run_that_was_cut_short_is_made_anew(child: Contestant, tmp_path: Path) -> None:
    output = tmp_path / "stub-0.jsonl"
    output.write_text('{"reward": 0.0}\n{"rew')
    assert read_rows(output) == [{"reward": 0.0}]
    made = run_once(child, Path(sys.executable), config(), output, lambda n, note: None)
    assert [row.get("reward") for row in made] == [1.0, 1.0, 1.0, None]


def test_a_run_that_fails_names_its_log(child: Contestant, tmp_path: Path) -> None:
    failing = Contestant(name="stub", label="stub", child=child.child, options=("fail",))
    with pytest.raises(FailedError, match="exit status 1, see") as error:
        run_once(
            failing, Path(sys.executable), config(), tmp_path / "a.jsonl", lambda n, note: None
        )
    assert "broken" in Path(str(error.value).split("see ")[1]).read_text()


def test_both_sides_start_from_the_files_of_one_run(tmp_path: Path) -> None:
    contestant = Contestant(name="a", label="a", child="", overrides=("rollout.dtype=float32",))
    with pytest.raises(ValueError, match="models/sft"):
        make_config(tmp_path, contestant, 0, [])
    (tmp_path / "models/sft").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    made = make_config(tmp_path, contestant, 3, ["grpo.steps=5"])
    assert (made.seed, made.grpo.steps, made.rollout.dtype) == (3, 5, "float32")
    assert json.loads(json.dumps(str(made.model.path))) == str(tmp_path / "models/sft")
    assert made.data.path == tmp_path / "data"


def test_the_environment_is_made_once_and_anew_for_other_pins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins, asked, made = tmp_path / "trl.txt", tmp_path / "trl.in", tmp_path / ".venv-trl"
    pins.write_text("trl==1.16.0\n")
    asked.write_text("trl==1.16.0\ntorch==2.13.0+cpu\n")
    for name, path in (("ROOT", tmp_path), ("PINS", pins), ("ASKED", asked), ("ENVIRONMENT", made)):
        monkeypatch.setattr(environment, name, path)
    commands: list[list[str]] = []

    def run(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        made.mkdir(exist_ok=True)
        commands.append([str(part) for part in command])
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(environment.subprocess, "run", run)
    assert trl_python(None) == made / "bin/python"
    installed = [command[-1] for command in commands if "install" in command]
    assert installed == ["torch==2.13.0+cpu", str(pins)]
    count = len(commands)
    trl_python(None)
    assert len(commands) == count
    pins.write_text("trl==1.16.1\n")
    trl_python(None)
    assert len(commands) == 2 * count


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no Python at"):
        trl_python(tmp_path / "python")


def test_runs_at_a_time_share_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert shared_machine(4)["OMP_NUM_THREADS"] == "2"
    assert shared_machine(100)["OMP_NUM_THREADS"] == "1"
    assert shared_machine(1) == dict(os.environ)
