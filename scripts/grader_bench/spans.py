"""Problems whose solutions are intervals, and wrong answers to them: strictness, ends, pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from .drawn import Drawn
from .values import Value, moved


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers between two ends; an end that is None is infinite, and open."""

    low: Value | None
    high: Value | None
    low_closed: bool = False
    high_closed: bool = False

    def interval(self, latex: bool) -> str:
        low, high = (_end(self.low, latex, "-"), _end(self.high, latex, ""))
        return f"{'[' if self.low_closed else '('}{low}, {high}{']' if self.high_closed else ')'}"

    def inequality(self, x: str, latex: bool) -> str:
        below = (r"\leq" if latex else "<=") if self.low_closed else "<"
        above = (r"\leq" if latex else "<=") if self.high_closed else "<"
        if self.low is None and self.high is None:
            return "all real numbers"
        if self.low is None:
            return f"{x} {above} {_end(self.high, latex, '')}"
        if self.high is None:
            more = (r"\geq" if latex else ">=") if self.low_closed else ">"
            return f"{x} {more} {_end(self.low, latex, '')}"
        return f"{_end(self.low, latex, '')} {below} {x} {above} {_end(self.high, latex, '')}"


def spans_problem(rng: Random, family: str, equation: str, x: str, spans: list[Span]) -> Drawn:
    """A problem whose solutions are the union of ``spans``: apart, ascending, at least one."""
    return Drawn(
        family=family,
        equation=equation,
        unknown=x,
        gold=r" \cup ".join(span.interval(latex=True) for span in spans),
        right=tuple(_forms(spans, x)),
        wrong=tuple((kind, rng.choice(_forms(wrong, x))) for kind, wrong in _wrong(rng, spans)),
    )


def _forms(spans: list[Span], x: str) -> list[str]:
    return [
        " or ".join(span.inequality(x, latex=False) for span in spans),
        r" \text{ or } ".join(span.inequality(x, latex=True) for span in spans),
        " ∪ ".join(span.interval(latex=False) for span in spans),
        rf"{x} \in " + r" \cup ".join(span.interval(latex=True) for span in spans),
    ]


def _wrong(rng: Random, spans: list[Span]) -> list[tuple[str, list[Span]]]:
    wrong: list[tuple[str, list[Span]]] = []
    for index, span in enumerate(spans):
        for changed in _changed(rng, span):
            kind, new = changed
            wrong.append((kind, [*spans[:index], new, *spans[index + 1 :]]))
        if len(spans) > 1:
            wrong.append(("missing", spans[:index] + spans[index + 1 :]))
    if len(spans) == 2 and spans[0].low is None and spans[1].high is None:
        wrong.append(("complement", [Span(spans[0].high, spans[1].low)]))
    return wrong


def _changed(rng: Random, span: Span) -> list[tuple[str, Span]]:
    """One end changed: its strictness, by a little, left out, or put on the other side of 0."""
    changed: list[tuple[str, Span]] = []
    step = Fraction(1, 10 ** rng.choice((4, 9, 15, 30)))
    if span.low is not None:
        changed += [
            ("swapped strictness", replace(span, low_closed=not span.low_closed)),
            ("near value", replace(span, low=moved(span.low, -step))),
            ("invented", replace(span, low=moved(span.low, Fraction(-1)))),
        ]
    if span.high is not None:
        changed += [
            ("swapped strictness", replace(span, high_closed=not span.high_closed)),
            ("near value", replace(span, high=moved(span.high, step))),
            ("invented", replace(span, high=moved(span.high, Fraction(1)))),
        ]
    return changed


def _end(value: Value | None, latex: bool, sign: str) -> str:
    if value is None:
        return sign + (r"\infty" if latex else "∞")
    return value.latex if latex else value.plain
