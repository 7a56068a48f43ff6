from __future__ import annotations

import pytest
from pydantic import ValidationError

from rlvr.config import (
    Config,
    DataConfig,
    GrpoConfig,
    ModelConfig,
    OptimizerConfig,
    TraceConfig,
)
from rlvr.config_rollout import RolloutConfig


def test_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Config().seed = 1


@pytest.mark.parametrize("seed", ["1", 1.0, True, -1, 2**63])
def test_a_seed_is_a_whole_number_and_nothing_that_looks_like_one(seed: object) -> None:
    with pytest.raises(ValidationError, match="seed"):
        Config.model_validate({"seed": seed})


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a b", "-rf", "a\n"])
def test_a_name_is_a_safe_folder_name(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        Config(name=name)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"heads": 3}, "even multiple of heads"),
        ({"width": 36, "heads": 4}, "even multiple of heads"),  # 9 numbers a head cannot be paired
        ({"heads": 4, "kv_heads": 3}, "multiple of kv_heads"),
    ],
)
def test_heads_divide_the_width(sizes: dict[str, int], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ModelConfig(**sizes)  # type: ignore[arg-type]


def test_completions_leave_room_for_the_prompt() -> None:
    with pytest.raises(ValidationError, match="max_new_tokens must be below"):
        Config(model=ModelConfig(max_length=64), rollout=RolloutConfig(max_new_tokens=64))
    path = "some/model"  # is given the same length
    with pytest.raises(ValidationError, match="max_new_tokens must be below"):
        Config(model=ModelConfig(path=path), rollout=RolloutConfig(max_new_tokens=4096))


def test_infinite_and_negative_rates_are_refused() -> None:
    for lr in (float("inf"), float("nan"), 0.0, -1e-3):
        with pytest.raises(ValidationError, match="lr"):
            OptimizerConfig(lr=lr, final_lr=0.0)
    with pytest.raises(ValidationError, match="betas"):
        OptimizerConfig(lr=1e-3, final_lr=0.0, betas=(0.9, 1.0))


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="stepz"):
        GrpoConfig.model_validate({"stepz": 3})


def test_the_probe_set_lies_in_the_validation_split() -> None:
    with pytest.raises(ValidationError, match=r"got 64 and 63"):
        Config(data=DataConfig(validation_size=63))
    Config(data=DataConfig(validation_size=0), trace=TraceConfig(probe_problems=0))
