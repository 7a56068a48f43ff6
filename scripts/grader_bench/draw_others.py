"""Inequalities, systems and equations with parameters, built from their solutions."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from rlvr.data import write

from .drawn import Drawn
from .spans import Span, spans_problem
from .values import rational

UNKNOWNS = ("x", "y", "z", "t")
STRICT = {"<": False, "<=": True, ">": False, ">=": True}


def quadratic_inequality(rng: Random) -> Drawn:
    x, sign = rng.choice(UNKNOWNS), rng.choice(tuple(STRICT))
    p, q = sorted(rng.sample(range(-9, 10), 2))
    a = rng.choice((1, 1, 2, 3))
    left = write.quadratic(a, -a * (p + q), a * p * q, x)
    low, high, closed = rational(p), rational(q), STRICT[sign]
    spans = [Span(low, high, closed, closed)]
    if ">" in sign:
        spans = [Span(None, low, False, closed), Span(high, None, closed, False)]
    return spans_problem(rng, "quadratic inequality", f"{left} {sign} 0", x, spans)


def rational_inequality(rng: Random) -> Drawn:
    """``(x-p)/(x-q) op 0``: the pole never belongs to it."""
    x, sign = rng.choice(UNKNOWNS), rng.choice(tuple(STRICT))
    p, q = rng.sample(range(-9, 10), 2)
    equation = f"({write.linear(1, -p, x)})/({write.linear(1, -q, x)}) {sign} 0"
    low, high = rational(min(p, q)), rational(max(p, q))
    low_closed, high_closed = STRICT[sign] and p < q, STRICT[sign] and p > q
    spans = [Span(low, high, low_closed, high_closed)]
    if ">" in sign:
        spans = [Span(None, low, False, low_closed), Span(high, None, high_closed, False)]
    return spans_problem(rng, "rational inequality", equation, x, spans)


def absolute_inequality(rng: Random) -> Drawn:
    """``|ax + b| op c``."""
    x, sign = rng.choice(UNKNOWNS), rng.choice(tuple(STRICT))
    a, b, c = rng.randint(1, 3), rng.randint(-9, 9), rng.randint(1, 9)
    low, high = rational(Fraction(-c - b, a)), rational(Fraction(c - b, a))
    closed = STRICT[sign]
    spans = [Span(low, high, closed, closed)]
    if ">" in sign:
        spans = [Span(None, low, False, closed), Span(high, None, closed, False)]
    equation = f"|{write.linear(a, b, x)}| {sign} {c}"
    return spans_problem(rng, "absolute inequality", equation, x, spans)


def root_inequality(rng: Random) -> Drawn:
    """``sqrt(x-p) op c``: the radicand bounds it too."""
    x, sign = rng.choice(UNKNOWNS), rng.choice(tuple(STRICT))
    p, c = rng.randint(-9, 9), rng.randint(1, 6)
    low, high, closed = rational(p), rational(p + c * c), STRICT[sign]
    span = Span(high, None, closed) if ">" in sign else Span(low, high, True, closed)
    equation = f"sqrt({write.linear(1, -p, x)}) {sign} {c}"
    return spans_problem(rng, "root inequality", equation, x, [span])


def absolute_identity(rng: Random) -> Drawn:
    """``|x-p| + |x-q| = q - p``: all of an interval."""
    x = rng.choice(UNKNOWNS)
    p, q = sorted(rng.sample(range(-9, 10), 2))
    equation = f"|{write.linear(1, -p, x)}| + |{write.linear(1, -q, x)}| = {q - p}"
    span = Span(rational(p), rational(q), True, True)
    return spans_problem(rng, "absolute identity", equation, x, [span])


def _tuples_problem(
    rng: Random,
    family: str,
    equations: tuple[str, ...],
    points: list[tuple[int, ...]],
    traps: list[tuple[int, ...]],
) -> Drawn:
    """A system whose unknowns are x, y (, z)."""
    names = "xyz"[: len(points[0])]

    def forms(chosen: list[tuple[int, ...]]) -> list[str]:
        texts = [f"({', '.join(map(str, point))})" for point in chosen]
        assigned = [
            ", ".join(f"{name} = {value}" for name, value in zip(names, point, strict=True))
            for point in chosen
        ]
        return [", ".join(texts), r"\{" + ", ".join(texts) + r"\}", " or ".join(assigned)]

    first, rest = points[0], points[1:]
    candidates = [("extraneous", [*points, trap]) for trap in traps if trap not in points]
    candidates += [
        ("sign", [*rest, tuple(-value for value in first)]),
        ("order", [*rest, first[::-1]]),
        ("invented", [*points, tuple(value + 11 for value in first)]),
    ]
    if rest:
        candidates.append(("missing", rest))
    wrong = [
        (kind, rng.choice(forms(chosen)))
        for kind, chosen in candidates
        if set(chosen) != set(points)
    ]
    wrong.append(("missing", f"x = {first[0]}"))
    wrong.append(("another name", f"x = {first[0]}, w = {first[1]}"))
    inner = ", ".join(f"({', '.join(map(str, point))})" for point in points)
    return Drawn(
        family=family,
        equation=equations,
        unknown=",".join(names),
        gold=rf"\{{{inner}\}}" if rest else inner,
        right=tuple(forms(points)),
        wrong=tuple(wrong),
    )


def linear_system(rng: Random) -> Drawn:
    size = rng.choice((2, 2, 3))
    point = tuple(rng.randint(-9, 9) for _ in range(size))
    while True:
        rows = [[rng.randint(-5, 5) for _ in range(size)] for _ in range(size)]
        if _determinant(rows):
            break
    equations = []
    for row in rows:
        left = write.signed_sum(list(zip(row, "xyz", strict=False)))
        equations.append(f"{left} = {sum(a * b for a, b in zip(row, point, strict=True))}")
    return _tuples_problem(rng, "linear system", tuple(equations), [point], [])


def _determinant(rows: list[list[int]]) -> int:
    if len(rows) == 1:
        return rows[0][0]
    minors = [[row[:k] + row[k + 1 :] for row in rows[1:]] for k in range(len(rows))]
    return sum((-1) ** k * rows[0][k] * _determinant(minor) for k, minor in enumerate(minors))


def sum_and_product(rng: Random) -> Drawn:
    p, q = rng.sample([n for n in range(-9, 10) if n], 2)
    equations = (f"x + y = {p + q}", f"x*y = {p * q}")
    return _tuples_problem(rng, "sum and product", equations, [(p, q), (q, p)], [])


def reciprocals(rng: Random) -> Drawn:
    """``x*y/x = q`` and a parabola through one point: the point with x = 0 is excluded."""
    p, q = rng.sample([n for n in range(-5, 6) if n], 2)
    equations = (f"x*y/x = {q}", f"x^2 - {p}x + y = {q}" if p > 0 else f"x^2 + {-p}x + y = {q}")
    return _tuples_problem(rng, "pole of a system", equations, [(p, q)], [(0, q)])


def root_of_a_system(rng: Random) -> Drawn:
    """``y = sqrt(x + a)`` and a line through (p, u): its other meeting point is below the axis."""
    p, u = rng.randint(-9, 9), rng.randint(1, 6)
    slope = rng.choice((1, -1)) if u < 2 else 1
    other = 1 - 2 * u * slope  # from (u + slope*d)^2 = u^2 + d
    below = u + slope * other
    radicand, line = write.linear(1, u * u - p, "x"), write.linear(slope, u - slope * p, "x")
    equations = (f"y = sqrt({radicand})", f"y = {line}")
    points: list[tuple[int, ...]] = [(p, u)]
    if below >= 0 and other:
        points.append((p + other, below))
    return _tuples_problem(rng, "root in a system", equations, points, [(p + other, below)])


def _parameter_problem(rng: Random, family: str, equation: str, condition: str,
                       right: tuple[str, ...], gold: str, wrong: list[tuple[str, str]],
                       ask: str = "solutions") -> Drawn:  # fmt: skip
    """``a`` is the parameter; the answer in A or in another name is the classical wrong accept."""
    others = [("other parameter", right[0].replace("a", name)) for name in ("A", "b", "k")]
    return Drawn(
        family=family, equation=equation, unknown="x", gold=gold, right=right,
        wrong=(*others, *wrong), params={"a": condition}, ask=ask,
    )  # fmt: skip


def linear_parameter(rng: Random) -> Drawn:
    """``ax + m = n`` where a is not 0."""
    m = rng.randint(-9, 9)
    c = rng.choice([n for n in range(-9, 10) if n])
    equation = f"{write.signed_sum([(1, 'a*x'), (m, '')])} = {m + c}"
    right = (f"{c}/a", f"x = {c}/a", rf"x = \frac{{{c}}}{{a}}")
    wrong = [("sign", f"{-c}/a"), ("invented", f"{c}/a, 0"), ("inverse", f"a/{c}"),
             ("near value", f"{c}/a + 10^-12"), ("value", f"{c}")]  # fmt: skip
    return _parameter_problem(rng, "linear, parameter", equation, "a != 0", right,
                              rf"\frac{{{c}}}{{a}}", wrong)  # fmt: skip


def quadratic_parameter(rng: Random) -> Drawn:
    """``x^2 - (ma + k)x + mka = 0`` with the roots ma and k."""
    m, k = rng.randint(2, 5), rng.choice([n for n in range(-9, 10) if n])
    equation = f"x^2 - ({write.linear(m, k, 'a')})*x + ({m * k}*a) = 0"
    right = (f"x = {m}a or x = {k}", f"{k}, {m}a", rf"x = {k} \text{{ or }} x = {m}a")
    wrong = [("missing", f"{m}a"), ("missing", f"{k}"), ("sign", f"{m}a, {-k}"),
             ("sign", f"-{m}a, {k}"), ("near value", f"{m}a + 10^-9, {k}")]  # fmt: skip
    return _parameter_problem(rng, "quadratic, parameter", equation, "real", right,
                              rf"\{{{m}a, {k}\}}", wrong)  # fmt: skip


def sum_of_the_first_problem(rng: Random) -> Drawn:
    """``a - (ma + x)/x = x``: the solutions add up to a - 1."""
    m = rng.randint(1, 9)
    right = ("a - 1", "sum = a - 1", "-1 + a")
    wrong = [
        ("sign", "1 - a"),
        ("near value", "a - 0.999999999999"),
        ("value", "a"),
        ("value", "(a-1)/2"),
    ]
    return _parameter_problem(rng, "sum, parameter", f"a - ({m}a + x)/x = x",
                              f"(a-1)^2 > {4 * m}a", right, "a - 1", wrong, ask="sum")  # fmt: skip
