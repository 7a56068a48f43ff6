"""What the samples of one problem say: pass@k and maj@k, both without bias."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb

from rlvr.evals.records import Answered
from rlvr.evaluate import pass_at_k

GREEDY = "greedy"


def metric_names(num_samples: int, ks: Sequence[int]) -> list[str]:
    """``greedy``, ``pass@1``, ``pass@4``, ``maj@4``, ...; ``maj@1`` would be ``pass@1``."""
    sampled = [f"pass@{k}" for k in ks] + [f"maj@{k}" for k in ks if k > 1]
    return [GREEDY, *(sampled if num_samples else [])]


def estimate(record: Answered, name: str) -> float | None:
    """The value of one metric for one problem, in 0..1.

    Undecided completions are left out; None where fewer than k others are there.
    """
    if name == GREEDY:
        return float(record.greedy.is_right) if record.greedy.is_decided else None
    kind, _, size = name.partition("@")
    k = int(size)
    decided = [
        (each, vote)
        for each, vote in zip(record.samples, record.votes, strict=True)
        if each.is_decided
    ]
    n = len(decided)
    if n < k:
        return None
    right = sum(each.is_right for each, _ in decided)
    if kind == "pass":
        return pass_at_k(n, right, k)
    assert kind == "maj", name
    wrong = Counter(vote for each, vote in decided if vote is not None and not each.is_right)
    return maj_at_k(n, right, tuple(sorted(wrong.values())), k)


@lru_cache(maxsize=65536)
def maj_at_k(n: int, right: int, wrong: tuple[int, ...], k: int) -> float:
    """How often the most frequent answer of k of the n draws is right, ties broken at random.

    ``right`` of the n votes are right, ``wrong`` counts the votes of each wrong answer, and the
    others vote for nothing. The mean over all C(n, k) subsets, exactly, as pass@k is:

        sum over j >= 1 right votes and over t wrong answers with as many, the others fewer,
        of  C(right, j) * (ways to draw the other k - j) / (t + 1)   /   C(n, k)

    Raises ``ValueError`` for counts that do not fit. Source: majority vote, Wang et al. 2023,
    Self-Consistency; mean over subsets, Hoeffding 1948 (U-statistics).
    """
    blank = n - right - sum(wrong)
    if right < 0 or blank < 0 or min(wrong, default=1) < 1 or not 1 <= k <= n:
        raise ValueError(
            "maj@k needs right + sum(wrong) <= n, all counts positive, and 1 <= k <= n; got"
            f" n={n}, right={right}, wrong={wrong}, k={k}"
        )
    total = Fraction(0)
    for j in range(1, min(right, k) + 1):
        for (drawn, ties), ways in _others(wrong, j, k - j).items():
            ways *= comb(right, j) * comb(blank, k - j - drawn)
            total += Fraction(ways, ties + 1)
    return float(total / comb(n, k))


def _others(wrong: tuple[int, ...], most: int, room: int) -> dict[tuple[int, int], int]:
    """(votes drawn, answers with ``most`` votes) -> ways, where none has more than ``most``."""
    ways = {(0, 0): 1}
    for size in wrong:
        longer: dict[tuple[int, int], int] = {}
        for (drawn, ties), number in ways.items():
            for votes in range(min(size, most, room - drawn) + 1):
                key = (drawn + votes, ties + (votes == most))
                longer[key] = longer.get(key, 0) + number * comb(size, votes)
        ways = longer
    return ways
