"""One step of the loop with a scripted engine and a real learner."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rlvr.checkpoint import load_state, save_checkpoint
from rlvr.collect import reward_arrays
from rlvr.config import Config
from rlvr.config_learn import EmaConfig, GaeConfig, KlInLossConfig, KlInRewardConfig
from rlvr.config_sampling import BehindConfig, LearnabilityConfig, SamplingConfig
from rlvr.data.sampler import TaskSampler
from rlvr.learn.policy import Policy
from rlvr.learn.trainer import Trainer
from rlvr.loop import StepResult, reinforce, training_sequences
from rlvr.newborn import save_newborn
from rlvr.prompt import Prompter
from rlvr.rollout.parity import ParityError
from tests.helpers import make_rollout
from tests.scripted import SMALL, TASKS, ScriptedEngine


def sampler(**changes):
    return TaskSampler(TASKS, SamplingConfig(**changes), seed=0)


@pytest.fixture
def parts(tmp_path):
    folder = save_newborn(SMALL, 0, tmp_path / "newborn")
    policy = Policy.load(folder)
    from transformers import AutoTokenizer

    prompter = Prompter(AutoTokenizer.from_pretrained(folder), "bare")
    base = Config()
    config = base.model_copy(
        update={"grpo": base.grpo.model_copy(update={"steps": 2, "problems": 2, "group_size": 4})}
    )
    trainer = Trainer(policy, config.grpo, config.rollout.temperature)
    return config, policy, prompter, trainer


def test_two_steps_learn_the_right_answer_and_hand_the_weights_on(parts):
    config, policy, prompter, trainer = parts
    engine = ScriptedEngine(policy, prompter)
    results: list[StepResult] = []
    before = {name: tensor.clone() for name, tensor in policy.named_tensors()}
    reinforce(engine, trainer, prompter, sampler(), 0, config, results.append)
    assert [result.step for result in results] == [1, 2]
    first = results[0]
    assert first.metrics["verdict/correct_rate"] == 0.5
    assert first.metrics["frac_reward_zero_std"] == 0.0
    assert first.metrics["sync/parity_max"] < 1e-4
    assert np.allclose(first.advantages, [[0.5, -0.5, 0.5, -0.5]] * 2)
    assert {"rollout", "verify", "parity", "train", "sync", "step"} == set(first.timings)
    assert engine.policy_version == 2
    assert any(not torch.equal(before[name], engine.received[name]) for name in before)
    assert len(set(engine.seeds)) == 16  # every completion of every step has a seed of its own


def test_a_stale_engine_is_loud(parts):
    config, policy, prompter, trainer = parts
    engine = ScriptedEngine(policy, prompter, error=0.3)
    with pytest.raises(ParityError, match="disagree"):
        reinforce(engine, trainer, prompter, sampler(), 0, config, lambda result: None)


def test_a_step_is_the_same_wherever_the_run_begins(parts):
    config, policy, prompter, trainer = parts
    engine = ScriptedEngine(policy, prompter)
    reinforce(engine, trainer, prompter, sampler(), 1, config, lambda result: None)
    late = list(engine.seeds)
    engine.seeds.clear()
    reinforce(engine, trainer, prompter, sampler(), 0, config, lambda result: None)
    assert engine.seeds[8:] == late


def test_uncounted_and_uninformative_completions_train_nothing(parts):
    groups = [
        (make_rollout(True), make_rollout(False), make_rollout(None)),
        (make_rollout(True), make_rollout(True), make_rollout(True)),
    ]
    rewards, counted = reward_arrays(groups)
    assert rewards.tolist() == [[1, 0, 0], [1, 1, 1]]
    assert counted.tolist() == [[True, True, False], [True, True, True]]
    sequences, advantages = parts[3].assign(training_sequences(groups), rewards, counted)
    assert [sequence.advantage for sequence in sequences] == [0.5, -0.5, 0, 0, 0]
    assert advantages.tolist() == [[0.5, -0.5, 0], [0, 0, 0]]
    assert parts[3].step(sequences, 0)["num_completions_trained"] == 2


STATES = {
    "baseline": {"advantage": EmaConfig()},
    "everything": {
        "advantage": GaeConfig(),
        "epochs": 2,
        "kl": KlInRewardConfig(sync_every=2),
        "sampling": SamplingConfig(difficulty=LearnabilityConfig(), families=BehindConfig()),
    },
    "refilled": {
        "mini_batches": 2,
        "kl": KlInLossConfig(coef=0.1),
        "sampling": SamplingConfig(refill_rounds=2, difficulty=LearnabilityConfig()),
    },
}


@pytest.mark.parametrize("name", STATES)
def test_a_run_resumed_from_a_checkpoint_ends_in_the_same_bits(parts, tmp_path, name):
    config, policy, prompter, _ = parts
    changes = STATES[name] | {"steps": 5}
    config = config.model_copy(update={"grpo": config.grpo.model_copy(update=changes)})

    def start(policy):
        trainer = Trainer(policy, config.grpo, config.rollout.temperature)
        return trainer, TaskSampler(TASKS, config.grpo.sampling, config.seed)

    trainer, tasks = start(policy)
    straight, resumed = [], []

    def seen(result):
        return result.metrics, [[r.completion for r in group] for group in result.groups]

    def after_step(result):
        straight.append(seen(result))
        if result.step == 3:
            state = {"trainer": trainer.state_dict(), "sampler": tasks.state_dict()}
            save_checkpoint(tmp_path / "checkpoints", "3", state, policy.save)

    engine = ScriptedEngine(policy, prompter)
    reinforce(engine, trainer, prompter, tasks, 0, config, after_step)
    saved = tmp_path / "checkpoints" / "3"
    late = Policy.load(saved)
    late_trainer, late_tasks = start(late)
    state = load_state(saved)
    late_trainer.load_state_dict(state["trainer"])
    late_tasks.load_state_dict(state["sampler"])
    late_engine = ScriptedEngine(late, prompter)
    reinforce(
        late_engine, late_trainer, prompter, late_tasks, 3, config,
        lambda result: resumed.append(seen(result)),
    )  # fmt: skip
    assert resumed == straight[3:]
    shown = {
        "baseline": "baseline",
        "everything": "sampling/success",
        "refilled": "sampling/extra_share",
    }
    assert shown[name] in resumed[0][0]
    assert len(resumed) == 2
    for (_, weight), (_, other) in zip(policy.named_tensors(), late.named_tensors(), strict=True):
        assert torch.equal(weight, other)
    assert repr(late_trainer.state_dict()) == repr(trainer.state_dict())
    assert late_tasks.state_dict() == tasks.state_dict()
