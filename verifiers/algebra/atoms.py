"""The constants that transcendental numbers are made of: pi, e^c, ln(c), arcs, and what resists."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from flint import arb

from verifiers.algebra.exact import Real


@dataclass(frozen=True, slots=True)
class Atom:
    """Equal texts: the same constant. ``text`` is of our grammar.

    ``sum`` is a positive sum, kept whole only to have a root of it. All are positive but ``sin``
    and ``cos``.
    """

    kind: Literal["pi", "exp", "ln", "arctan", "arcsin", "sin", "cos", "sum"] = field(compare=False)
    text: str
    arg: Real = field(compare=False)

    @property
    def positive(self) -> bool:
        return self.kind not in ("sin", "cos")

    def whole(self, exponent: Fraction) -> int:
        """The part of an exponent that is rewritten: of a sum all that is whole, of cos^2 pairs."""
        if self.kind == "sum":
            return exponent.__floor__()
        return int(exponent // 2) * 2 if self.kind == "cos" and exponent >= 2 else 0

    def power_ball(self, exponent: Fraction) -> arb:
        """An enclosure of the power, at flint's working precision."""
        if self.kind == "exp":
            return (self.arg.ball() * exponent.numerator / exponent.denominator).exp()
        base = self._ball()
        if exponent.denominator == 1:
            return base**exponent.numerator
        return (base.log() * exponent.numerator / exponent.denominator).exp()

    def _ball(self) -> arb:
        if self.kind == "pi":
            return arb.pi()
        ball = self.arg.ball()
        match self.kind:
            case "ln":
                return ball.log()
            case "arctan":
                return ball.atan()
            case "arcsin":
                return ball.asin()
            case "sin":
                return ball.sin()
            case "cos":
                return ball.cos()
        return ball


PI = Atom("pi", "pi", Real.of(1))
E = Atom("exp", "e", Real.of(1))
