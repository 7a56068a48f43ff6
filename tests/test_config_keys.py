from __future__ import annotations

from pathlib import Path

import pytest

from rlvr.config_keys import accepts, fields, nearest, parts, sections, unknown


def test_a_key_means_the_same_in_every_kind_of_a_part() -> None:
    for part, kinds in parts().items():
        for kind, section in kinds.items():
            assert section().kind == kind  # type: ignore[attr-defined]  # and every key has a default
            for name, field in section.model_fields.items():
                if name != "kind":
                    known = fields()[f"{part}.{name}"]
                    assert field.annotation == known.annotation, (part, kind, name)
                    assert field.metadata == known.metadata, (part, kind, name)


def test_fields_and_sections_cover_the_tree() -> None:
    assert {"seed", "grpo.steps", "sft.optimizer.betas"} <= set(fields())
    assert {"grpo", "sft", "sft.optimizer"} <= sections()
    assert not sections() & set(fields())


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("grpo.problems", "a whole number, at least 1"),
        ("reward.domain", "a number, at least 0.0"),
        ("rollout.temperature", "a number, above 0.0"),
        ("rollout.dtype", 'one of "float32", "bfloat16"'),
        (
            "grpo.engine_gap.kind",
            'one of "none", "token_truncate", "token_mask", "sequence_truncate", "sequence_mask"',
        ),
        ("grpo.surrogate.cap", "a number, above 0.0"),
        ("model.path", "text"),
        ("data.path", "a path"),
        ("trace.wandb_project", "text, not empty"),
        ("sft.optimizer.betas", "two numbers from 0 to below 1, as [0.9, 0.95]"),
    ],
)
def test_accepts(key: str, words: str) -> None:
    assert accepts(key) == words.replace(".0", "")


def test_every_key_can_be_described() -> None:
    for key in fields():
        assert "<" not in accepts(key), key


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("grpo.stepz", "unknown key; did you mean grpo.steps?"),
        ("grop.steps", "unknown key; did you mean grpo.steps?"),
        ("steps", "unknown key; did you mean sft.steps or grpo.steps?"),
        ("checkpoints", "unknown key; did you mean checkpoint?"),
        ("xyzzy", "unknown key"),
        ("checkpoint", "is a section, accepts checkpoint.every, checkpoint.keep"),
    ],
)
def test_unknown(key: str, words: str) -> None:
    assert unknown(key) == words


def test_nearest_is_silent_when_nothing_is_near() -> None:
    assert nearest("tinny", ["tiny", "smoke"]) == "; did you mean tiny?"
    assert nearest("q", ["tiny", "smoke"]) == ""


def test_the_table_of_algorithms_names_every_part_and_kind() -> None:
    text = (Path(__file__).parent.parent / "docs" / "algorithms.md").read_text("utf-8")
    for part, kinds in parts().items():
        assert f"`{part}`" in text
        for kind in kinds:
            assert f"`{kind}`" in text, (part, kind)
