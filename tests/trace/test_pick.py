from __future__ import annotations

from collections import Counter
from typing import Any

from rlvr.trace.pick import groups_of, pick
from rlvr.trace.traced import TURNS
from rlvr.trace.whys import WHYS


def group(
    task: str, answers: str, right: str = "r", advantages: dict[int, float | None] | None = None
) -> list[dict[str, Any]]:
    """A row a letter of ``answers``."""
    return [
        {
            "step": 1,
            "task": task,
            "index": index,
            "answer": answer,
            "verdict": "correct" if answer == right else "incorrect",
            "advantage": (advantages or {}).get(index, 0.0),
            "trace": None,
        }
        for index, answer in enumerate(answers)
    ]


def traced(row: dict[str, Any], *turns: str) -> dict[str, Any]:
    row["trace"] = {name: name in turns for name in TURNS.values()}
    return row


def whys(picked: list[Any]) -> list[str]:
    return [why for _, why in picked]


def test_the_rarest_come_first_and_each_row_once() -> None:
    rows = [row for number in range(8) for row in group(f"t{number}", "rrrr")]
    traced(rows[5], "verified_aha", "corrected")
    traced(rows[9], "corrected")
    traced(rows[13], "broken")
    picked = pick(rows, limit=6)
    assert [(row["task"], row["index"], why) for row, why in picked[:3]] == [
        ("t1", 1, "aha"),
        ("t2", 1, "corrected"),
        ("t3", 1, "broken"),
    ]
    assert whys(picked)[3:] == ["random"] * 3
    assert len({id(row) for row, _ in picked}) == 6


def test_a_disagreement_is_shown_by_one_row_of_each_side() -> None:
    split = group("split", "wwr")
    picked = pick([*group("all right", "rrr"), *split, *group("none right", "wwv")])
    shown = [row for row, why in picked if why == "disagreement"]
    assert [(row["task"], row["answer"]) for row in shown] == [("split", "w"), ("split", "r")]


def test_the_same_seed_picks_the_same_and_another_does_not() -> None:
    rows = [row for number in range(40) for row in group(f"t{number}", "rrrr")]
    assert pick(rows, 8, seed=1) == pick(rows, 8, seed=1)
    assert pick(rows, 8, seed=1) != pick(rows, 8, seed=2)


def test_many_of_a_kind_leave_room_for_others_and_the_order_is_that_of_whys() -> None:
    rows = [traced(row, "verified_aha") for n in range(10) for row in group(f"t{n}", "rr")]
    rows += [row for n in range(30) for row in group(f"u{n}", "wwr")]
    picked = pick(rows, limit=32)
    counts = Counter(whys(picked))
    assert counts == {"aha": 8, "disagreement": 4, "random": 20}
    assert whys(picked) == sorted(whys(picked), key=WHYS.index)


def test_few_rows_are_all_taken() -> None:
    rows = group("a", "rw")
    assert len(pick(rows, limit=32)) == 2
    assert pick([]) == []
    assert pick(rows, limit=0) == []


def test_groups_of_one_task_twice_are_two() -> None:
    assert [len(g) for g in groups_of(group("a", "rr") + group("a", "rrr"))] == [2, 3]
