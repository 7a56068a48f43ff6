"""Inequalities with exponentials, logarithms and angles, lines of solutions, and identities."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from rlvr.data import write

from .drawn import Drawn
from .spans import Span, spans_problem
from .values import pi_times, rational

UNKNOWNS = ("x", "t", "y")
STRICT = {"<": False, "<=": True, ">": False, ">=": True}
SINES = {
    "0": Fraction(0), "1/2": Fraction(1, 6), "sqrt(2)/2": Fraction(1, 4),
    "sqrt(3)/2": Fraction(1, 3), "-1/2": Fraction(-1, 6), "-sqrt(2)/2": Fraction(-1, 4),
    "-sqrt(3)/2": Fraction(-1, 3),
}  # fmt: skip
"""The arc sine of each, in parts of pi."""
TANGENTS = {"1": Fraction(1, 4), "sqrt(3)": Fraction(1, 3), "0": Fraction(0),
            "-1": Fraction(-1, 4), "-sqrt(3)": Fraction(-1, 3)}  # fmt: skip


def exponential_inequality(rng: Random) -> Drawn:
    """``b^(x+c) op b^n``, the power worked out."""
    x, sign = rng.choice(UNKNOWNS), rng.choice(tuple(STRICT))
    base, c, n = rng.randint(2, 5), rng.randint(-5, 5), rng.randint(1, 4)
    end, closed = rational(n - c), STRICT[sign]
    span = Span(end, None, closed) if ">" in sign else Span(None, end, False, closed)
    equation = f"{base}^({write.linear(1, c, x)}) {sign} {base**n}"
    return spans_problem(rng, "exponential inequality", equation, x, [span])


def logarithmic_inequality(rng: Random) -> Drawn:
    """``log_b(x-p) op n``: the argument bounds it too."""
    x, sign = rng.choice(UNKNOWNS), rng.choice(tuple(STRICT))
    base, p, n = rng.randint(2, 5), rng.randint(-9, 9), rng.randint(-1, 3)
    end, closed = rational(p + Fraction(base) ** n), STRICT[sign]
    span = Span(end, None, closed) if ">" in sign else Span(rational(p), end, False, closed)
    equation = f"log_{base}({write.linear(1, -p, x)}) {sign} {n}"
    return spans_problem(rng, "logarithmic inequality", equation, x, [span])


def absolute_logarithm(rng: Random) -> Drawn:
    """``|ln(x-p)| op ln(x-p)``, equal on a half-line."""
    x, sign = rng.choice(UNKNOWNS), rng.choice(("<=", "="))
    p = rng.randint(-9, 9)
    log = f"ln({write.linear(1, -p, x)})"
    spans = [Span(rational(p + 1), None, True)]
    return spans_problem(rng, "absolute logarithm", f"|{log}| {sign} {log}", x, spans)


def arc_inequality(rng: Random) -> Drawn:
    """``arctan(mx + c) op ±π/4``."""
    x, sign = rng.choice(UNKNOWNS), rng.choice(tuple(STRICT))
    m, c, side = rng.randint(1, 3), rng.randint(-9, 9), rng.choice((1, -1))
    end, closed = rational(Fraction(side - c, m)), STRICT[sign]
    span = Span(end, None, closed) if ">" in sign else Span(None, end, False, closed)
    bound = "π/4" if side > 0 else "-π/4"
    return spans_problem(rng, "arc inequality", f"arctan({write.linear(m, c, x)}) {sign} {bound}",
                         x, [span])  # fmt: skip


def sine_inequality(rng: Random) -> Drawn:
    name, sign, bound = rng.choice(("sin", "cos")), rng.choice(tuple(STRICT)), rng.choice([*SINES])
    alpha, closed = SINES[bound], STRICT[sign]
    low, high = (alpha, 1 - alpha) if ">" in sign else (1 - alpha, 2 + alpha)
    if name == "cos":
        low, high = low - Fraction(1, 2), high - Fraction(1, 2)
    return _bands(rng, name, sign, bound, (low, high), (closed, closed), Fraction(2))


def tangent_inequality(rng: Random) -> Drawn:
    """The pole never belongs to it."""
    sign, bound = rng.choice(tuple(STRICT)), rng.choice([*TANGENTS])
    gamma, closed, pole = TANGENTS[bound], STRICT[sign], Fraction(1, 2)
    ends, own = ((gamma, pole), (closed, False))
    if "<" in sign:
        ends, own = (-pole, gamma), (False, closed)
    return _bands(rng, "tan", sign, bound, ends, own, Fraction(1))


def _bands(rng: Random, name: str, sign: str, bound: str, ends: tuple[Fraction, Fraction],
           closed: tuple[bool, bool], period: Fraction) -> Drawn:  # fmt: skip
    """Intervals that repeat, all in parts of pi; of ``name(mx)``."""
    x, m = rng.choice(("x", "t")), rng.randint(1, 4)
    low, high, step = ends[0] / m, ends[1] / m, period / m
    middle = (low + high) / 2
    near = Fraction(1, 10 ** rng.choice((6, 12, 30)))
    flipped_low, flipped_high = (not closed[0], closed[1]), (closed[0], not closed[1])
    gap = (not closed[1], not closed[0])
    wrong = [
        ("swapped strictness", [(low, high, flipped_low, step)]),
        ("swapped strictness", [(low, high, flipped_high, step)]),
        ("half a period", [(low + step / 2, high + step / 2, closed, step)]),
        ("period", [(low, high, closed, 2 * step)]),
        ("near value", [(low, high + near, closed, step)]),
        ("complement", [(high, low + step, gap, step)]),
        ("missing", [(low, middle, closed, step)]),
        ("a hole", [(low, middle, (closed[0], False), step),
                    (middle, high, (False, closed[1]), step)]),
        ("invented", [(low, high, closed, step),
                      ((high + low + step) / 2, (high + low + step) / 2, (True, True), step)]),
    ]  # fmt: skip
    if high - low == step / 2:  # half a period on lies the complement
        wrong = [each for each in wrong if each[0] != "half a period"]
    right = [
        [(low, high, closed, step)],
        [(low - step, high - step, closed, -step)],
        [(low, high, closed, 2 * step), (low + step, high + step, closed, 2 * step)],
    ]
    one = _interval(low, high, closed, Fraction(0))
    return Drawn(
        family="tangent inequality" if name == "tan" else "sine inequality",
        equation=f"{name}({'' if m == 1 else m}{x}) {sign} {bound}",
        unknown=x,
        gold=_text([(low, high, closed, step)], x, 3),
        right=tuple(_text(each, x, form) for each in right for form in range(4)),
        wrong=(*((kind, _text(each, x, rng.randrange(4))) for kind, each in wrong),
               ("missing", one), ("other period", one.replace("]", " + 2k]"))),
    )  # fmt: skip


_Band = tuple[Fraction, Fraction, tuple[bool, bool], Fraction]


def _text(bands: list[_Band], x: str, form: int) -> str:
    if form == 0:
        return " or ".join(_chain(band, x) for band in bands) + ", k ∈ ℤ"
    if form == 1:
        return " ∪ ".join(_interval(*band) for band in bands)
    if form == 2:
        return " or ".join(f"{x} ∈ {_interval(*band)}" for band in bands) + ", k ∈ ℤ"
    joined = r" \cup ".join(_interval(*band) for band in bands)
    return rf"{x} \in {joined}, k \in \mathbb{{Z}}"


def _interval(low: Fraction, high: Fraction, closed: tuple[bool, bool], step: Fraction) -> str:
    ends = f"{_end(low, step)}, {_end(high, step)}"
    return f"{'[' if closed[0] else '('}{ends}{']' if closed[1] else ')'}"


def _chain(band: _Band, x: str) -> str:
    low, high, closed, step = band
    below, above = ("<=" if end else "<" for end in closed)
    return f"{_end(low, step)} {below} {x} {above} {_end(high, step)}"


def _end(at: Fraction, step: Fraction) -> str:
    if not step:
        return pi_times(at).plain
    return f"{pi_times(at).plain} + ({step})πk"


def line_of_solutions(rng: Random) -> Drawn:
    """``mx + y = c`` twice over: all points of a line."""
    m, c = rng.choice([n for n in range(-5, 6) if n]), rng.randint(-9, 9)
    factor = rng.randint(2, 5)
    first = write.signed_sum([(m, "x"), (1, "y")])
    second = write.signed_sum([(m * factor, "x"), (factor, "y")])
    y, moved_y = write.linear(-m, c, "t"), write.linear(-m, c + 1, "t")
    wrong = [
        ("moved", f"(t, {moved_y}), t ∈ ℝ"),
        ("slope", f"(t, {write.linear(m, c, 't')}), t ∈ ℝ"),
        ("order", f"({y}, t), t ∈ ℝ"),
        ("missing", f"(0, {c})"),
        ("missing", f"(t^2, {write.signed_sum([(-m, 't^2'), (c, '')])}), t ∈ ℝ"),
        ("restated", f"{first} = {c}"),
        ("everything", "(s, t), s, t ∈ ℝ"),
        ("nothing", "no solution"),
    ]
    if m in (1, -1):  # the line is its own mirror image, or may be
        wrong = [each for each in wrong if each[0] != "order"]
    return Drawn(
        family="line of solutions",
        equation=(f"{first} = {c}", f"{second} = {c * factor}"),
        unknown="x,y",
        gold=rf"(t, {y}), t \in \mathbb{{R}}",
        right=(f"(t, {y}), t ∈ ℝ", f"y = {write.linear(-m, c, 'x')}",
               f"{{(s, {write.linear(-m, c, 's')}) | s ∈ ℝ}}",
               f"(t + 1, {write.linear(-m, c - m, 't')}), t ∈ ℝ"),
        wrong=tuple(wrong),
    )  # fmt: skip


def identity(rng: Random) -> Drawn:
    """Only the gold answer is known: an expression in a, b, c and others equal to it."""
    n = rng.randint(2, 4)
    gold, right, wrong = rng.choice(_IDENTITIES)
    return Drawn(
        family="gold identity",
        equation=None,
        unknown="x",
        gold=gold.replace("N", str(n)),
        right=tuple(each.replace("N", str(n)) for each in right),
        wrong=tuple(("another expression", each.replace("N", str(n))) for each in wrong),
    )


_IDENTITIES = (
    ("sin(2*Na)", ("2sin(Na)cos(Na)", "-sin(-2*Na)"),
     ("2sin(Na)", "sin(Na)cos(Na)", "2sin(a)cos(Na)")),
    ("cos(2*Na)", ("1 - 2sin(Na)^2", "2cos(Na)^2 - 1"), ("1 - sin(Na)^2", "2sin(Na)^2 - 1")),
    ("sin(Na + b)", ("sin(Na)cos(b) + cos(Na)sin(b)",),
     ("sin(Na)cos(b) - cos(Na)sin(b)", "sin(Na) + sin(b)")),
    ("Na", ("e^{ln(Na)}", "N e^{ln a}", "10^{log(Na)}"),
     ("e^{ln(a)}", "e^{N ln a}", "e^{ln(N + a)}")),
    ("a^N", ("e^{N ln a}", "(a^{1/2})^{2*N}"), ("e^{ln(N a)}", "a^{-N}", "a^{N + 1}")),
    ("(ab)^{Nc}", ("a^{Nc}b^{Nc}", "(a^c b^c)^N"), ("a^{Nc}b", "a^{Nc} + b^{Nc}", "(ab)^{N + c}")),
    ("a^{1/4}", ("√√a", r"\sqrt[4]{a}", "(√a)^{1/2}"), ("√a", "√√√a", "∛√a", "a^4")),
    ("√(N^2 a)", ("N√a", "N a^{1/2}"), ("√(Na)", "N a", "-N√a")),
)  # fmt: skip
