from __future__ import annotations

from typing import Any

from rlvr.trace.whys import whys


def row(answer: str, verdict: str, advantage: float | None = 0.0, **more: Any) -> dict[str, Any]:
    counted = advantage is not None
    return {"step": 7, "answer": answer, "verdict": verdict, "advantage": advantage,
            "counted": counted, **more}  # fmt: skip


def names(groups: list[list[dict[str, Any]]], turns: Any = None) -> list[list[set[str]]]:
    turns = turns or [[frozenset()] * len(group) for group in groups]
    return [[set(each) - {"random"} for each in group] for group in whys(groups, turns)]


def test_best_and_worst_of_a_step() -> None:
    group = [row("1", "correct", 0.5), row("1", "correct", 0.1), row("1", "correct", None)]
    other = [row("1", "correct", -0.7)]
    assert names([group, other]) == [[{"best"}, set(), set()], [{"worst"}]]
    assert names([[row("1", "correct"), row("1", "correct")]]) == [[set(), set()]]


def test_disagreement_is_a_wrong_majority_against_a_right_answer() -> None:
    wrong, right = row("2", "incorrect"), row("1", "correct")
    assert names([[wrong, wrong, right]]) == [[{"disagreement"}] * 3]
    assert names([[wrong, right, right]]) == [[set()] * 3]
    assert names([[wrong, wrong]]) == [[set()] * 2]


def test_turns_are_passed_on_and_own_reasons_win() -> None:
    group = [row("1", "correct"), row("1", "correct", picked=["best"])]
    turns = [[frozenset({"aha", "corrected", "keyword"}), frozenset({"broken"})]]
    assert names([group], turns) == [[{"aha", "corrected"}, {"best"}]]


def test_random_ones_are_the_same_each_time() -> None:
    groups = [[row("1", "correct") for _ in range(8)] for _ in range(8)]
    turns = [[frozenset[str]()] * 8] * 8
    found = whys(groups, turns)
    assert found == whys(groups, turns)
    assert sum("random" in each for group in found for each in group) == 4
    assert whys([], []) == []
