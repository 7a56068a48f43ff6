"""Answered problems to numbers with intervals: overall, by family, by difficulty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rlvr.data.tasks import LeftOut
from rlvr.evals.estimates import GREEDY, estimate, metric_names
from rlvr.evals.intervals import Interval, mean, share
from rlvr.evals.records import Answered
from rlvr.evals.settings import Settings
from verifiers import Reason

_NO_ANSWER = {
    Reason.NO_ANSWER, Reason.SEVERAL_ANSWERS, Reason.UNPARSABLE_ANSWER, Reason.OVER_BUDGET_ANSWER,
}  # fmt: skip

Metrics = dict[str, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``overall`` and the groups have an interval a metric; ``rates`` are shares of completions."""

    settings: Settings
    num_problems: int
    left_out: Mapping[str, int]
    overall: Metrics
    by_family: Mapping[str, Metrics]
    by_difficulty: Mapping[str, Metrics]
    rates: Mapping[str, float]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def summarise(
    settings: Settings, left_out: Sequence[LeftOut], records: Sequence[Answered], ks: Sequence[int]
) -> Summary:
    """Pure: the same records give the same numbers. ``ks`` are those of pass@k and maj@k."""
    names = metric_names(settings.samples, ks)

    def measure(some: Sequence[Answered]) -> Metrics:
        return _measure(some, names, settings.seed)

    return Summary(
        settings=settings,
        num_problems=len(records),
        left_out=dict(Counter(each.reason for each in left_out).most_common()),
        overall=measure(records),
        by_family=_by(records, lambda record: record.family, measure),
        by_difficulty=_by(records, lambda record: record.difficulty, measure),
        rates=_rates(records),
    )


def default_ks(num_samples: int) -> list[int]:
    """1, 4, 16, ... and all of them."""
    powers = [4**i for i in range(12) if 4**i <= num_samples]
    return sorted({*powers, num_samples} - {0})


def groups_of(
    records: Sequence[Answered], name_of: Callable[[Answered], str]
) -> dict[str, list[Answered]]:
    """In the order of people: ``level 2`` before ``level 10``; those without a name are none."""
    groups: dict[str, list[Answered]] = {}
    for record in records:
        if name_of(record):
            groups.setdefault(name_of(record), []).append(record)
    return {name: groups[name] for name in sorted(groups, key=_natural)}


def _by(
    records: Sequence[Answered],
    name_of: Callable[[Answered], str],
    measure: Callable[[Sequence[Answered]], Metrics],
) -> dict[str, Metrics]:
    return {name: measure(some) for name, some in groups_of(records, name_of).items()}


def _measure(records: Sequence[Answered], names: Sequence[str], seed: int) -> Metrics:
    """Metrics that no problem has a value for are not there."""
    found: Metrics = {}
    for name in names:
        values = [value for each in records if (value := estimate(each, name)) is not None]
        if values:
            is_count = name == GREEDY
            found[name] = share(round(sum(values)), len(values)) if is_count else mean(values, seed)
    return found


def _rates(records: Sequence[Answered]) -> dict[str, float]:
    """Of all completions, greedy and sampled."""
    every = [each for record in records for each in (record.greedy, *record.samples)]
    total = max(len(every), 1)
    return {
        "undecided": sum(not each.is_decided for each in every) / total,
        "no_readable_answer": sum(each.reason in _NO_ANSWER for each in every) / total,
        "truncated": sum(each.finish_reason == "length" for each in every) / total,
        "mean_tokens": sum(each.num_tokens for each in every) / total,
    }


def _natural(name: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.split(r"(\d+)", name)
        if part
    ]
