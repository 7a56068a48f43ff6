from __future__ import annotations

from scripts.unseen import table, without_letters


def test_a_problem_is_the_same_whatever_its_unknowns_are_called() -> None:
    one = without_letters("Solve log_3(t + 4) + log_3(2t) = ln(t)", "t")
    assert one == without_letters("Solve log_3(n + 4) + log_3(2n) = ln(n)", "n")
    assert one == "Solve log_3(?0 + 4) + log_3(2?0) = ln(?0)"
    pair = without_letters("Solve 3t - s = 24, t = s for t, s", "t, s")
    assert pair == without_letters("Solve 3x - y = 24, x = y for x, y", "x, y")


def test_the_table_tells_seen_from_unseen_and_sampled_from_greedy() -> None:
    def row(split: str, number: int, text: str, unknown: str) -> dict[str, str]:
        return {"id": f"{split}-{number}", "family": "linear", "form": "plain", "text": text,
                "unknown": unknown}  # fmt: skip

    splits = {
        "sft": [row("sft", 0, "Solve x = 1", "x"), row("sft", 1, "Solve y = 1", "y")],
        "train": [row("train", 0, "Solve z = 1", "z"), row("train", 1, "Solve z = 2", "z")],
        "test": [row("test", 0, "Solve x = 3", "x")],
    }
    sampled = [{"task": "train-0", "verdict": v} for v in ("correct", "correct", "incorrect")]
    greedy = [
        {"task": "test-0", "verdict": "incorrect"},
        {"task": "shifted-0", "verdict": "correct"},
    ]
    *_, line = table(splits, sampled, greedy).splitlines()
    assert line == "| linear: plain | 2 | 1 | 50% of 2 | 0% of 1 | 67% of 3 | 0% of 1 |"
