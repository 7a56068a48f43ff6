from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rlvr.rollout.hub import empty_model, stop_token_ids, weight_names
from tests.rollout.tiny import END_OF_TURN, EOS, load_reference


@pytest.fixture
def model_path(model_paths: dict[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_paths["tied"], tmp_path / "model"))


def edit(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_stop_tokens_come_from_all_three_sources(model_path: Path) -> None:
    edit(model_path / "config.json", eos_token_id=9)
    assert stop_token_ids(str(model_path)) == [EOS, END_OF_TURN, 9]


def test_generation_settings_are_optional(model_path: Path) -> None:
    (model_path / "generation_config.json").unlink()
    assert stop_token_ids(str(model_path)) == [EOS]


def test_a_model_that_never_ends_is_refused(model_path: Path) -> None:
    (model_path / "generation_config.json").unlink()
    edit(model_path / "config.json", eos_token_id=None)
    edit(model_path / "tokenizer_config.json", eos_token=None)
    with pytest.raises(ValueError, match="no end-of-sequence token"):
        stop_token_ids(str(model_path))


@pytest.mark.parametrize("head", ["tied", "untied"])
def test_an_empty_model_has_the_names_of_the_real_one(
    model_paths: dict[str, Path], head: str
) -> None:
    accepted, required = weight_names(empty_model(str(model_paths[head])))
    assert (accepted, required) == weight_names(load_reference(model_paths[head]))
    assert "lm_head.weight" in accepted
    assert ("lm_head.weight" in required) == (head == "untied")
