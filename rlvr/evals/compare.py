"""Two evaluations on the same problems: is one better, beyond chance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import comb
from typing import Any

from rlvr.evals.estimates import GREEDY, estimate
from rlvr.evals.intervals import Interval, difference
from rlvr.evals.records import Answered
from rlvr.evals.summary import groups_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Problems that only one of the two answers right greedily, and McNemar's exact p-value."""

    only_a: int
    only_b: int
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Of a metric: both means over the shared problems, and B - A with its interval."""

    a: float
    b: float
    change: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A comparison over some of the problems."""

    num_problems: int
    sign: Sign
    metrics: dict[str, Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``changed`` counts problems whose id is in both, with another text or right answer."""

    only_in_a: int
    only_in_b: int
    changed: int
    overall: Part
    by_family: dict[str, Part]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p-value of so many discordant pairs, if neither side were better.

    ``min(1, 2 * sum_{i <= min(b, c)} C(b + c, i) / 2^(b + c))``: the sign test.
    Source: McNemar 1947, Note on the Sampling Error of the Difference Between Correlated
    Proportions; exact as in Mosteller 1952.
    """
    if only_a < 0 or only_b < 0:
        raise ValueError(f"mcnemar needs counts of 0 or more; got {only_a} and {only_b}")
    total = only_a + only_b
    tail = sum(comb(total, i) for i in range(min(only_a, only_b) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**total)))


def compare(
    a: Sequence[Answered], b: Sequence[Answered], names: Sequence[str], seed: int
) -> Comparison:
    """Matched by id; ``names`` are the metrics that both have. Pure.

    Raises ``ValueError`` where no problem is in both.
    """
    in_b = {record.id: record for record in b}
    shared = [(record, in_b[record.id]) for record in a if record.id in in_b]
    pairs = [(left, right) for left, right in shared if _is_same(left, right)]
    if not pairs:
        raise ValueError(
            f"the two evaluations share no problem ({len(a)} and {len(b)} problems,"
            f" {len(shared)} ids in both); expected evaluations on the same data"
        )
    families = groups_of([left for left, _ in pairs], lambda record: record.family)
    partner = {left.id: right for left, right in pairs}
    return Comparison(
        only_in_a=len(a) - len(shared),
        only_in_b=len(b) - len(shared),
        changed=len(shared) - len(pairs),
        overall=_part(pairs, names, seed),
        by_family={
            family: _part([(left, partner[left.id]) for left in some], names, seed)
            for family, some in families.items()
        },
    )


def _is_same(a: Answered, b: Answered) -> bool:
    return (a.text, a.expected) == (b.text, b.expected)


def _part(pairs: Sequence[tuple[Answered, Answered]], names: Sequence[str], seed: int) -> Part:
    metrics = {}
    for name in names:
        values = [(estimate(left, name), estimate(right, name)) for left, right in pairs]
        both = [(x, y) for x, y in values if x is not None and y is not None]
        if both:
            metrics[name] = Difference(
                a=sum(x for x, _ in both) / len(both),
                b=sum(y for _, y in both) / len(both),
                change=difference([y - x for x, y in both], seed),
            )
    return Part(num_problems=len(pairs), sign=_sign(pairs), metrics=metrics)


def _sign(pairs: Sequence[tuple[Answered, Answered]]) -> Sign:
    greedy = [(estimate(left, GREEDY), estimate(right, GREEDY)) for left, right in pairs]
    only_a, only_b = greedy.count((1.0, 0.0)), greedy.count((0.0, 1.0))
    return Sign(only_a=only_a, only_b=only_b, p=mcnemar(only_a, only_b))
