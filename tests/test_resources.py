"""rlvr.resources: the templates are found, and each is one that a problem can be put into."""

import pytest

from rlvr.resources import SLOT, prompt_names, prompt_template


def test_names_are_those_of_the_files() -> None:
    assert prompt_names() == ["bare", "base", "boxed", "r1", "think"]


def test_bare_is_the_problem_alone() -> None:
    assert prompt_template("bare") == "{problem}"


@pytest.mark.parametrize("name", prompt_names())
def test_each_template_has_one_slot(name: str) -> None:
    assert prompt_template(name).count(SLOT) == 1


@pytest.mark.parametrize("name", ["boxed", "think"])
def test_templates_for_other_models_ask_for_a_box(name: str) -> None:
    assert r"\boxed{}" in prompt_template(name)


def test_think_shows_the_tags_in_their_order() -> None:
    text = prompt_template("think")
    tags = ["<think>", "</think>", "<answer>", "</answer>", SLOT]
    places = [text.index(tag) for tag in tags]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["", "boxd", "../LICENSE", "bare.txt"])
def test_unknown_name_lists_the_known_ones(name: str) -> None:
    with pytest.raises(ValueError, match="accepted: bare, base, boxed, r1, think"):
        prompt_template(name)
