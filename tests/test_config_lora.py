from __future__ import annotations

import pytest

from rlvr.config import Config
from rlvr.config_load import dump_toml, load_config
from rlvr.config_lora import LoraConfig


def test_a_rank_alone_turns_it_on() -> None:
    assert Config().model.lora == LoraConfig(rank=0, alpha=32.0, targets=("all-linear",))
    config = load_config("tiny", None, ["model.lora.rank=8"])
    assert config.model.lora == LoraConfig(rank=8)


@pytest.mark.parametrize("targets", ['["q_proj", "v_proj"]', '["all-linear"]'])
def test_targets_are_a_list_that_goes_there_and_back(targets: str, tmp_path) -> None:
    config = load_config(None, None, [f"model.lora.targets={targets}"])
    (tmp_path / "config.toml").write_text(dump_toml(config))
    assert load_config(path=tmp_path / "config.toml") == config


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("model.lora.rank=-1", "a whole number, at least 0"),
        ("model.lora.alpha=0", "a number, above 0"),
        ("model.lora.targets=q_proj", "a list of texts"),
        ('model.lora.targets=["all-linear", "q_proj"]', 'accepts ["all-linear"], or names'),
        ("model.lora.targets=[]", 'accepts ["all-linear"], or names'),
        ("model.lora=8", "is a section, accepts model.lora.rank"),
        ("model.lora.dropout=0.1", "unknown key"),
    ],
)
def test_refusals(override: str, words: str) -> None:
    with pytest.raises(ValueError, match="configuration") as caught:
        load_config("tiny", None, [override])
    assert words in str(caught.value)
