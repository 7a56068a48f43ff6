"""What TRL is told in the comparison: every argument follows from ours, or has its reason."""

from __future__ import annotations

import re

import pytest

from rlvr.config import Config
from rlvr.config_load import load_config
from scripts.trl_comparison.settings import FIXED, MATCHED, OURS, trl_arguments
from scripts.trl_comparison.table import settings_table
from tests.scripts.conftest import ROOT


def config(*overrides: str) -> Config:
    return load_config("tiny", overrides=[*OURS, *overrides])


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
        ("grpo.max_staleness=1", "grpo.max_staleness: 0"),
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
