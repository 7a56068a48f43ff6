"""Draws the rows of a split: problems with exact solutions, and worked solutions to learn from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random

from rlvr.config_data import DataConfig, NoviceConfig
from rlvr.data.equation import SHIFTED, TRAINED, Equation, Ranges
from rlvr.data.families import FAMILIES
from rlvr.data.normalise import Bucket, bucket_of, normalise
from rlvr.data.novice import draw_habit
from rlvr.data.relations import Relations
from rlvr.seeding import derive_seed
from verifiers import Ask

Row = dict[str, object]

QUESTIONS = {
    Ask.SOLUTIONS: "Solve {equation}",
    Ask.SUM: "Add up the solutions of {equation}",
    Ask.COUNT: "Count the solutions of {equation}",
}


PATIENCE = 20_000  # draws in a row that give nothing new
BUCKETS: dict[str, Bucket] = {"validation": "validation", "test": "test", "shifted": "test"}


def generate_split(split: str, config: DataConfig, seed: int) -> Iterator[Row]:
    """The rows of ``sft``, ``train``, ``validation``, ``test`` or ``shifted``, family by turn.

    The same seed gives the same rows. No two splits but ``sft`` and ``train`` share an equation
    (nor do ``test`` and ``shifted``, whose forms differ), and no problem comes twice in
    ``validation``, ``test`` or ``shifted``: there an equation comes back at most under another
    name or question.
    """
    size: int = getattr(config, f"{split}_size")
    bucket = BUCKETS.get(split, "train")
    ranges = SHIFTED if split == "shifted" else (TRAINED,)
    sources = [
        _rows(name, split, bucket, ranges, config.novice, Random(derive_seed(seed, split, name)))
        for name in config.families
    ]
    for index in range(size):
        yield next(sources[index % len(sources)])


def _rows(
    name: str,
    split: str,
    bucket: Bucket,
    ranges: Sequence[Ranges],
    novice: NoviceConfig,
    rng: Random,
) -> Iterator[Row]:
    family = FAMILIES[name]
    seen: set[str] = set()
    index = 0
    failures = 0
    while True:
        equation = family.draw(rng, ranges[index % len(ranges)])
        ask = rng.choice(family.ASKS)
        row = _row(equation, ask, f"{split}-{name}-{index:05d}")
        text = str(row["text"])
        if bucket_of(normalise(equation)) != bucket or text in seen:
            failures += 1
            if failures > PATIENCE:
                raise ValueError(
                    f"data: family {name!r} has no more than {index} different problems for the"
                    f" split {split!r}; ask for fewer (data.{split}_size)"
                )
            continue
        failures = 0
        if bucket != "train":
            seen.add(text)
        if split == "sft":
            row["working"] = family.work(equation, ask, draw_habit(rng, novice))
        yield row
        index += 1


def _row(drawn: Equation | Relations, ask: Ask, row_id: str) -> Row:
    return {
        "id": row_id,
        "family": drawn.family,
        "form": drawn.form,
        "text": QUESTIONS[ask].format(equation=drawn.text) + drawn.given,
        "equation": drawn.text,
        "unknown": drawn.unknown,
        "ask": ask.value,
        "params": json.dumps(dict(drawn.conditions)),
        "solutions": drawn.answers,
    }
