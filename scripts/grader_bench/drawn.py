"""A drawn problem: its solutions by construction, right answers in several forms, wrong answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from .pairs import Pair
from .values import Value, moved, negative, rational, same, same_set

NAMES = ("banana", "X", "w", "S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """``wrong`` are pairs of a kind of fault and an answer with it; ``gold`` is LaTeX.

    ``equation`` is None where only the gold answer is known.
    """

    family: str
    equation: str | tuple[str, ...] | None
    unknown: str
    gold: str
    right: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]
    params: Mapping[str, str] = field(default_factory=dict)
    ask: str = "solutions"

    def pair(self, answer: str, right: bool, form: str) -> Pair:
        return Pair(
            gold=self.gold,
            answer=answer,
            right=right,
            form=form,
            equation=self.equation,
            unknown=self.unknown,
            params=self.params,
            ask=self.ask,
        )

    def right_pair(self, rng: Random) -> Pair:
        return self.pair(rng.choice(self.right), True, "right")

    def wrong_pairs(self) -> list[Pair]:
        return [self.pair(answer, False, kind) for kind, answer in self.wrong]


def points_problem(
    rng: Random,
    family: str,
    equation: str,
    unknown: str,
    points: list[Value],
    traps: list[Value],
    params: Mapping[str, str] | None = None,
) -> Drawn:
    """A problem with finitely many solutions; ``traps`` are candidates that do not hold."""
    points = sorted(points, key=lambda value: value.approx)
    traps = [trap for trap in traps if not any(same(trap, point) for point in points)]
    return Drawn(
        family=family,
        equation=equation,
        unknown=unknown,
        gold=r"\{" + ", ".join(point.latex for point in points) + r"\}" if points else r"\emptyset",
        right=tuple(_forms(points, unknown)),
        wrong=tuple(_wrong_points(rng, points, traps, unknown, equation)),
        params=params or {},
    )


def _forms(points: list[Value], x: str) -> list[str]:
    """The ways in which a set of values is answered."""
    if not points:
        return ["no real solutions", r"\text{no solution}", r"\emptyset", "∅"]
    plain = [point.plain for point in points]
    latex = [point.latex for point in points]
    return [
        ", ".join(f"{x} = {text}" for text in plain),
        " or ".join(f"{x} = {text}" for text in reversed(plain)),
        r" \text{ or } ".join(f"{x} = {text}" for text in latex),
        r"\left\{" + ", ".join(latex) + r"\right\}",
        ", ".join(latex),
    ]


def _wrong_points(
    rng: Random, points: list[Value], traps: list[Value], x: str, equation: str
) -> list[tuple[str, str]]:
    wrong: list[tuple[str, str]] = []

    def add(kind: str, values: list[Value], near: bool = False) -> None:
        if near or not same_set(values, points):
            wrong.append((kind, rng.choice(_forms(values, x))))

    for trap in traps:
        add("extraneous", [*points, trap])
        add("only the extraneous", [trap])
    other = rational(rng.randint(11, 99) * rng.choice((-1, 1)))
    add("invented", [*points, other])
    for index, point in enumerate(points):
        rest = points[:index] + points[index + 1 :]
        if rest or rng.random() < 0.3:
            add("missing", rest)
        add("sign", [*rest, negative(point)])
        step = Fraction(rng.choice((-1, 1)), 10 ** rng.choice((5, 9, 12, 15, 20, 30, 60)))
        add("near value", [*rest, moved(point, step)], near=True)
        if point.exact is None or point.exact.denominator % 3 == 0:  # a decimal cannot be exact
            digits = f"{point.approx:.{rng.randint(3, 12)}f}"
            listed = [each.plain for each in rest] + [digits]
            wrong.append(("rounded", ", ".join(listed)))
    if points:
        texts = ", ".join(f"{rng.choice(NAMES)} = {point.plain}" for point in points)
        wrong.append(("another name", texts))
        other_side = moved(points[0], Fraction(1)).plain
        wrong.append(("contradiction", f"{x} = {points[0].plain} = {other_side}"))
    wrong.append(("restated", equation))
    wrong.append(("everything", "all real numbers"))
    return wrong
