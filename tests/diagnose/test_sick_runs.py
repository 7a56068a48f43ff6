"""Each diagnosis on a run made sick on purpose: real loop, real learner, scripted engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer
from typer.testing import CliRunner

from rlvr.cli import app
from rlvr.config import Config
from rlvr.config_load import dump_toml, load_config
from rlvr.config_sampling import SamplingConfig
from rlvr.data.sampler import TaskSampler
from rlvr.diagnose.diagnose import diagnose
from rlvr.diagnose.history import History, read_history
from rlvr.diagnose.updates import engine_and_trainer_disagree
from rlvr.learn.policy import Policy
from rlvr.learn.trainer import Trainer
from rlvr.loop import StepResult, reinforce
from rlvr.newborn import save_newborn
from rlvr.prompt import Prompter
from rlvr.trace.tracer import Tracer
from rlvr.types import Task
from tests.scripted import SMALL, TASKS, ScriptedEngine, right_and_wrong
from verifiers import Problem

STEPS = 40
LATE = 20  # after this step goes wrong what goes wrong later: half of them lie before it
Sabotage = Callable[[int, Policy, ScriptedEngine], None]


def leave_alone(step: int, policy: Policy, engine: ScriptedEngine) -> None:
    """A run that is not hindered."""


@pytest.fixture(scope="module")
def newborn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_newborn(SMALL, 0, tmp_path_factory.mktemp("newborn") / "model")


def run(
    folder: Path,
    newborn: Path,
    *overrides: str,
    tasks: Sequence[Task] = TASKS,
    sabotage: Sabotage = leave_alone,
    **engine_options: Any,
) -> Path:
    """A run folder as the job leaves it behind."""
    config = small_config(*overrides)
    policy = Policy.load(newborn)
    prompter = Prompter(AutoTokenizer.from_pretrained(newborn), "bare")
    engine = ScriptedEngine(policy, prompter, **engine_options)
    trainer = Trainer(policy, config.grpo, config.rollout.temperature)
    tracer = Tracer(folder)
    folder.mkdir()
    (folder / "config.toml").write_text(dump_toml(config))

    def after_step(result: StepResult) -> None:
        assert result.advantages is not None
        tracer.log_metrics(result.step, result.metrics)
        tracer.log_rollouts(result.step, result.groups, result.advantages.tolist())
        sabotage(result.step, policy, engine)

    sampler = TaskSampler(tasks, SamplingConfig(), seed=0)
    reinforce(engine, trainer, prompter, sampler, 0, config, after_step)
    return folder


def small_config(*overrides: str) -> Config:
    size = (f"grpo.steps={STEPS}", "grpo.problems=2", "grpo.group_size=4")
    return load_config("tiny", None, [*size, "threads=1", *overrides])


def findings(folder: Path) -> dict[str, str]:
    return {finding.name: finding.evidence for finding in diagnose(read_history(folder))}


def test_a_healthy_run_has_nothing(tmp_path: Path, newborn: Path) -> None:
    assert findings(run(tmp_path / "run", newborn)) == {}


def test_all_wrong(tmp_path: Path, newborn: Path) -> None:
    folder = run(tmp_path / "run", newborn, write=lambda number, index: r"\boxed{99}")
    assert findings(folder) == {
        "rewards_equal": "100% of the last groups have equal rewards; 0% are right."
    }


def test_all_right(tmp_path: Path, newborn: Path) -> None:
    folder = run(tmp_path / "run", newborn, write=lambda n, i: rf"\boxed{{{Fraction(n, 2)}}}")
    (finding,) = diagnose(read_history(folder))
    assert finding.name == "rewards_equal"
    assert "solved" in finding.problem


def test_everything_is_cut_off(tmp_path: Path, newborn: Path) -> None:
    found = findings(run(tmp_path / "run", newborn, finish_reason="length"))
    assert "100% of the last completions were" in found["truncated"]


def test_nothing_can_be_read(tmp_path: Path, newborn: Path) -> None:
    found = findings(run(tmp_path / "run", newborn, write=lambda number, index: f"x = {index}"))
    assert found["unreadable"] == "Reasons in the last steps: no_answer 100%."


def test_engine_and_trainer_disagree(tmp_path: Path, newborn: Path) -> None:
    limits = ("rollout.parity_mean_limit=9", "rollout.parity_p99_limit=9")
    found = findings(run(tmp_path / "run", newborn, *limits, error=0.2))
    assert found == {
        "engine_gap": "|Δlogprob| a token is 0.2 nats in the last steps (alarm at 0.05)."
    }


def test_older_weights_are_no_fault_but_a_gap_between_equal_ones_is(tmp_path: Path) -> None:
    gap, parity = "sampling/sampling_logp_difference/mean", "sync/parity_mean"
    for age, right in ((1.0, 0.001), (1.0, 0.2), (0.0, 0.001)):
        row = {"step": 1, "staleness/max": age, gap: 0.3, parity: right}
        found = engine_and_trainer_disagree(History(config={}, rows=[row], reasons={}))
        assert (found is None) == (age == 1 and right == 0.001)


def test_updates_that_change_nothing(tmp_path: Path, newborn: Path) -> None:
    rates = ("grpo.optimizer.lr=1e-14", "grpo.optimizer.final_lr=1e-14")
    assert list(findings(run(tmp_path / "run", newborn, *rates))) == ["dead_gradients"]


@torch.no_grad()
def sharpen(policy: Policy, factor: float) -> None:
    """Every logit times a factor: the embeddings are the head, too."""
    for name, weights in policy.named_tensors():
        if name.endswith("embed_tokens.weight"):
            weights.mul_(factor)


def test_the_policy_is_sure_and_wrong(tmp_path: Path, newborn: Path) -> None:
    def harden(step: int, policy: Policy, engine: ScriptedEngine) -> None:
        if step == LATE:
            sharpen(policy, 300.0)

    found = findings(run(tmp_path / "run", newborn, sabotage=harden))
    assert list(found) == ["entropy_collapse"]
    assert "50% are right" in found["entropy_collapse"]


def test_the_policy_comes_apart(tmp_path: Path, newborn: Path) -> None:
    def melt(step: int, policy: Policy, engine: ScriptedEngine) -> None:
        if step == 1:
            sharpen(policy, 300.0)
        if step == LATE:
            sharpen(policy, 1 / 300)
            engine.write = lambda number, index: right_and_wrong(number, min(index, 1))

    found = findings(run(tmp_path / "run", newborn, sabotage=melt))
    assert "fell from 50% to" in found["entropy_explosion"]


def test_a_family_is_forgotten(tmp_path: Path, newborn: Path) -> None:
    def forget(step: int, policy: Policy, engine: ScriptedEngine) -> None:
        if step >= LATE:
            engine.write = lambda number, index: rf"\boxed{{{99 + index}}}"

    found = findings(run(tmp_path / "run", newborn, sabotage=forget))
    assert found["family_forgotten"].startswith("linear: 50% up to step 20")


def test_the_policy_runs_away_from_its_reference(tmp_path: Path, newborn: Path) -> None:
    away = ("grpo.kl=k2_in_loss", "grpo.kl.coef=1e-9", "grpo.optimizer.lr=3e-2")
    assert "kl_blow_up" in findings(run(tmp_path / "run", newborn, *away))


def test_the_verifier_cannot_judge(tmp_path: Path, newborn: Path) -> None:
    beyond = Problem(equation="2^x = x^2", unknown="x")
    tasks = [replace(task, problem=beyond) for task in TASKS]
    found = findings(run(tmp_path / "run", newborn, tasks=tasks))
    assert found["undecided"].startswith("100.0% of the last completions")


def test_the_command_says_it_and_its_status_too(tmp_path: Path, newborn: Path) -> None:
    folder = run(tmp_path / "run", newborn, write=lambda number, index: r"\boxed{99}")
    result = CliRunner().invoke(app, ["diagnose", str(folder)])
    assert result.exit_code == 1
    assert "40 GRPO steps, right completions 0% at first" in result.output
    assert "every completion is wrong" in result.output
    as_json = CliRunner().invoke(app, ["diagnose", str(folder), "--json"])
    assert '"name": "rewards_equal"' in as_json.output
