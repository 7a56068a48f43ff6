"""What a run's model gets right on training problems and on unseen ones, by form.

.venv/bin/python scripts/unseen.py runs/nine --family logarithm

Most training problems stand in the supervised lessons too, with another letter; no test problem
does. Where a form has few different equations, the two rates tell what is remembered from what is
computed.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
COLUMNS = (
    "form", "lessons", "different", "of training in them", "of test in them",
    "right, sampled in training", "right, greedy on test",
)  # fmt: skip


def without_letters(text: str, unknown: str) -> str:
    """The problem whatever its unknowns are called; functions and constants keep their names."""
    for number, name in enumerate(re.findall(r"[a-z]", unknown)):
        text = re.sub(rf"(?<![a-z_]){name}(?![a-z_(])", f"?{number}", text)
    return text


def share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.0%} of {len(values):,}" if values else ""


def table(
    splits: Mapping[str, Sequence[Row]], sampled: Iterable[Row], greedy: Iterable[Row]
) -> str:
    """Markdown, a row a form; ``sampled`` and ``greedy`` are rollouts, as runs keep them."""
    texts: dict[str, dict[str, list[str]]] = {split: defaultdict(list) for split in splits}
    form_of: dict[str, str] = {}
    for split, rows in splits.items():
        for row in rows:
            form = f"{row['family']}: {row['form']}"
            texts[split][form].append(without_letters(row["text"], row["unknown"]))
            form_of[row["id"]] = form
    right: list[dict[str, list[bool]]] = []
    for rollouts in (sampled, greedy):
        by_form: dict[str, list[bool]] = defaultdict(list)
        for row in rollouts:
            if row["task"] in form_of:
                by_form[form_of[row["task"]]].append(row["verdict"] == "correct")
        right.append(by_form)
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    for form in sorted(texts["sft"]):
        lessons = set(texts["sft"][form])
        cells = [form, f"{len(texts['sft'][form]):,}", f"{len(lessons):,}"]
        cells += [share([t in lessons for t in texts[split][form]]) for split in ("train", "test")]
        cells += [share(by_form[form]) for by_form in right]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def read_rows(paths: Iterable[Path]) -> list[Row]:
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="the folder of a finished run of our generators")
    parser.add_argument("--family", help="of this alone")
    parser.add_argument("--last", type=int, default=30, help="GRPO steps of the sampled ones")
    given = parser.parse_args()
    after = given.run / "eval" / "after.jsonl"
    if not after.is_file():
        raise SystemExit(f"{after} is missing: name the folder of a finished run, as runs/tiny")
    from datasets import load_from_disk

    data = load_from_disk(str(given.run / "data"))
    splits = {
        name: [row for row in data[name] if given.family in (None, row["family"])]
        for name in ("sft", "train", "test")
    }
    rollouts = sorted((given.run / "rollouts").glob("*.jsonl"))[-given.last :]
    print(table(splits, read_rows(rollouts), read_rows([after])))


if __name__ == "__main__":
    main()
