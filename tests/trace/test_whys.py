from __future__ import annotations

from typing import Any

from rlvr.trace.whys import whys


def row(answer: str, verdict: str, advantage: float | None = 0.0, **more: Any) -> dict[str, Any]:
    return {"step": 7, "answer": answer, "verdict": verdict, "advantage": advantage, **more}


def trace(*turns: str) -> dict[str, Any]:
    return {name: name in turns for name in ("verified_aha", "corrected", "broken", "keyword_aha")}


def names(groups: list[list[dict[str, Any]]]) -> list[list[set[str]]]:
    return [[set(each) - {"random"} for each in group] for group in whys(groups)]


def test_best_and_worst_are_of_one_group_the_widest() -> None:
    wide = [row("1", "correct", 0.5), row("1", "correct", -0.4), row("1", "correct", None)]
    narrow = [row("1", "correct", 0.6), row("1", "correct", 0.1)]
    assert names([narrow, wide]) == [[set(), set()], [{"best"}, {"worst"}, set()]]


def test_equal_advantages_have_no_best() -> None:
    assert names([[row("1", "correct"), row("1", "correct")]]) == [[set(), set()]]
    assert names([[row("1", "correct", None)]]) == [[set()]]


def test_disagreement_is_a_wrong_majority_against_a_right_answer() -> None:
    wrong, right = row("2", "incorrect"), row("1", "correct")
    assert names([[wrong, wrong, right]]) == [[{"disagreement"}] * 3]
    assert names([[wrong, right, right]]) == [[set()] * 3]
    assert names([[wrong, wrong]]) == [[set()] * 2]


def test_turns_are_those_of_the_trace() -> None:
    found = row("1", "correct", trace=trace("verified_aha", "corrected", "keyword_aha"))
    lost = row("2", "incorrect", trace=trace("broken"))
    assert names([[found, lost, row("1", "correct", trace=None)]]) == [
        [{"aha", "corrected"}, {"broken"}, set()]
    ]


def test_random_ones_are_the_same_each_time() -> None:
    groups = [[row("1", "correct") for _ in range(8)] for _ in range(8)]
    found = whys(groups)
    assert found == whys(groups)
    assert sum("random" in each for group in found for each in group) == 4
    assert whys([]) == []
