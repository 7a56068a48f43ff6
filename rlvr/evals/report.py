"""Evaluations and comparisons as tables for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rlvr.evals.compare import Comparison, Part
from rlvr.evals.intervals import Interval
from rlvr.evals.summary import Metrics, Summary


def tables(summary: Summary) -> RenderableType:
    """The numbers in per cent, each with its 95 % interval; of groups those that say most."""
    parts: list[RenderableType] = [Text(line) for line in _heading(summary)]
    overall = _new_table("", "", "all", "95 %", "problems")
    for name, each in summary.overall.items():
        overall.add_row(name, _percent(each.value), _ends(each), f"{each.num:,}")
    parts.append(overall)
    for title, groups in (("family", summary.by_family), ("difficulty", summary.by_difficulty)):
        if groups:
            parts.append(_group_table(title, groups))
    parts += [Text(line) for line in _remarks(summary)]
    return Group(*parts)


def comparison_tables(found: Comparison, a: str, b: str, notes: Sequence[str]) -> RenderableType:
    """``notes`` say in what the settings differ."""
    overall = found.overall
    table = _new_table("", "A", "B", "B - A", "95 %", "problems")
    for name, each in overall.metrics.items():
        table.add_row(
            name, _percent(each.a), _percent(each.b), f"{100 * each.change.value:+.1f}",
            _ends(each.change, signed=True), f"{each.change.num:,}",
        )  # fmt: skip
    lines = [_verdict("greedy", overall)]
    lines += [_verdict(family, part) for family, part in found.by_family.items()]
    unmatched = found.only_in_a + found.only_in_b + found.changed
    if unmatched:
        lines.append(
            f"Not compared: {found.only_in_a:,} problems only in A, {found.only_in_b:,} only in B,"
            f" {found.changed:,} with the same id and another text or answer."
        )
    if notes:
        lines.append(f"The settings differ (A's, not B's): {'; '.join(notes)}.")
    return Group(Text(f"A: {a}\nB: {b}"), table, *map(Text, lines))


def _heading(summary: Summary) -> Iterator[str]:
    settings = summary.settings
    where = f"{settings.data}, {settings.split}"
    yield f"{settings.model} on {where}: {summary.num_problems:,} problems"
    if settings.samples:
        yield (
            f"{settings.samples} samples a problem at temperature {settings.temperature:g},"
            f" seed {settings.seed}, {settings.engine} in {settings.dtype}; %, with 95 % intervals"
        )


def _remarks(summary: Summary) -> Iterator[str]:
    rates = summary.rates
    yield (
        f"{rates['mean_tokens']:.0f} tokens a completion; no readable answer"
        f" {_percent(rates['no_readable_answer'])} %, cut off {_percent(rates['truncated'])} %,"
        f" undecided {_percent(rates['undecided'])} %"
    )
    if summary.left_out:
        reasons = ", ".join(f"{reason} {num:,}" for reason, num in summary.left_out.items())
        yield f"left out, not scored: {sum(summary.left_out.values()):,} ({reasons})"


def _group_table(title: str, groups: Mapping[str, Metrics]) -> Table:
    names = list(dict.fromkeys(name for metrics in groups.values() for name in metrics))
    largest = [[n for n in names if n.startswith(kind)][-1:] for kind in ("pass@", "maj@")]
    shown = [n for n in names if n in ("greedy", "pass@1", *chain(*largest))]
    table = _new_table(title, *shown, "problems")
    for group, metrics in groups.items():
        cells = [
            f"{_percent(each.value)} {100 * each.low:.0f}-{100 * each.high:.0f}"
            if (each := metrics.get(n))
            else "-"
            for n in shown
        ]
        num = max((each.num for each in metrics.values()), default=0)
        table.add_row(Text(group), *cells, f"{num:,}")  # a name of theirs is no markup
    return table


def _new_table(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _verdict(name: str, part: Part) -> str:
    sign = part.sign
    better = "B" if sign.only_b > sign.only_a else "A" if sign.only_a > sign.only_b else "neither"
    return (
        f"{name}: {sign.only_b:,} right in B alone, {sign.only_a:,} in A alone of"
        f" {part.num_problems:,}: p = {sign.p:.2g}"
        + (f", {better} is better" if sign.p < 0.05 else ", no difference is shown")
    )


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _ends(each: Interval, signed: bool = False) -> str:
    low, high = (f"{100 * end:{'+' if signed else ''}.1f}" for end in (each.low, each.high))
    return f"[{low}, {high}]"
