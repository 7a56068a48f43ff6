"""Equations with finitely many solutions, built from those and from candidates that do not hold."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from rlvr.data import write
from rlvr.data.equation import TRAINED
from rlvr.data.families import FAMILIES
from rlvr.data.numbers import quadratic_roots

from .drawn import Drawn, points_problem
from .values import Value, logarithm, pi_times, rational, value_of

UNKNOWNS = ("x", "y", "z", "t", "n")

SINES: dict[str, tuple[Fraction | int, ...]] = {
    "0": (0, 1),
    "1/2": (Fraction(1, 6), Fraction(5, 6)),
    "1": (Fraction(1, 2),),
    "-1/2": (Fraction(7, 6), Fraction(11, 6)),
    "-1": (Fraction(3, 2),),
    "sqrt(3)/2": (Fraction(1, 3), Fraction(2, 3)),
    "sqrt(2)/2": (Fraction(1, 4), Fraction(3, 4)),
}
"""The angles from 0 to below 2 pi, over pi, with each sine."""


def from_training_data(name: str) -> Callable[[Random], Drawn]:
    """A family of ``rlvr.data``: its solutions, and its candidates as traps."""

    def draw(rng: Random) -> Drawn:
        equation = FAMILIES[name].draw(rng, TRAINED)
        has_polynomial = equation.polynomial != (0, 1, 0)
        roots = quadratic_roots(*equation.polynomial) if has_polynomial else ()
        return points_problem(
            rng,
            name,
            equation.text,
            equation.unknown,
            [value_of(root) for root in equation.solutions],
            [value_of(number) for number in (*roots, *equation.excluded)],
            {key: f"{key} = {value}" for key, value in equation.params},
        )

    return draw


def _minus(x: str, root: int) -> str:
    return write.linear(1, -root, x)


def log_sum(rng: Random) -> Drawn:
    """``log(x-p) + log(x-q) = log(c)``: the other root of the product is below both."""
    x, base = rng.choice(UNKNOWNS), rng.choice((2, 3, 5, 10))
    p, q = rng.randint(-6, 6), rng.randint(-6, 6)
    root = max(p, q) + rng.randint(1, 6)
    product = (root - p) * (root - q)
    left = f"log_{base}({_minus(x, p)}) + log_{base}({_minus(x, q)})"
    traps = [rational(p + q - root), rational(p)]
    equation = f"{left} = log_{base}({product})"
    return points_problem(rng, "log sum", equation, x, [rational(root)], traps)


def log_difference(rng: Random) -> Drawn:
    """``ln(ax+b) = ln(cx+d)``: the root of the line counts where both arguments are positive."""
    x = rng.choice(UNKNOWNS)
    a, c = rng.sample((1, 2, 3, 4), 2)
    root, argument = rng.randint(-6, 6), rng.choice((-3, -2, -1, 1, 2, 3, 4))
    left, right = write.linear(a, argument - a * root, x), write.linear(c, argument - c * root, x)
    points = [rational(root)]
    return points_problem(
        rng,
        "log difference",
        f"ln({left}) = ln({right})",
        x,
        points if argument > 0 else [],
        points,
    )


def exponential(rng: Random) -> Drawn:
    """``a^(2x) - (m+n)a^x + mn = 0``: what is not positive is no power."""
    x, base = rng.choice(UNKNOWNS), rng.choice((2, 3, 5))
    m, n = rng.sample([*range(-6, 0), *range(1, 10)], 2)
    powers = {base**k: k for k in range(6)}
    points = [
        rational(powers[value]) if value in powers else logarithm(base, value)
        for value in (m, n)
        if value > 0
    ]
    middle = write.signed_sum([(1, f"{base}^(2{x})"), (-(m + n), f"*{base}^{x}"), (m * n, "")])
    equation = middle.replace(" *", " ").replace("-*", "-") + " = 0"
    return points_problem(rng, "exponential", equation, x, points, [rational(m), rational(n)])


def two_roots(rng: Random) -> Drawn:
    """``sqrt(x+a) + s*sqrt(x+b) = c`` with both roots whole at one place, and s a sign."""
    x, sign = rng.choice(UNKNOWNS), rng.choice((1, -1))
    u, v = rng.sample(range(6), 2)
    root = rng.randint(-9, 9)
    total = u + sign * v
    if sign < 0 and rng.random() < 0.5:
        total = -total  # the wrong sign of a difference: no solution
    left = f"sqrt({write.linear(1, u * u - root, x)})"
    right = f"sqrt({write.linear(1, v * v - root, x)})"
    points = [rational(root)] if total == u + sign * v else []
    equation = f"{left} {'+' if sign > 0 else '-'} {right} = {total}"
    return points_problem(rng, "two roots", equation, x, points, [rational(root), rational(-root)])


def two_absolutes(rng: Random) -> Drawn:
    """``|x-p| + |x-q| = c`` with c other than the distance of p and q."""
    x = rng.choice(UNKNOWNS)
    p, q = sorted(rng.sample(range(-8, 9), 2))
    spare = rng.choice((-2, -1, 1, 2, 3, 4))
    c = max(q - p + spare, 0) if q - p + spare != q - p else 0
    points = [Fraction(p + q - c, 2), Fraction(p + q + c, 2)] if c > q - p else []
    traps = [rational(Fraction(p + q - c, 2)), rational(p)]
    equation = f"|{_minus(x, p)}| + |{_minus(x, q)}| = {c}"
    return points_problem(
        rng, "two absolutes", equation, x, [rational(point) for point in points], traps
    )


def cancelled(rng: Random) -> Drawn:
    """``(x-p)(x-q)(x-r)/(x-p) = 0``, the numerator multiplied out: p is no solution."""
    x = rng.choice(UNKNOWNS)
    p, q, r = rng.sample(range(-6, 7), 3)
    terms: list[tuple[Fraction | int, str]] = [
        (1, f"{x}^3"),
        (-(p + q + r), f"{x}^2"),
        (p * q + q * r + r * p, x),
        (-p * q * r, ""),
    ]
    equation = f"({write.signed_sum(terms)})/({_minus(x, p)}) = 0"
    return points_problem(rng, "cancelled", equation, x, [rational(q), rational(r)], [rational(p)])


def root_factor(rng: Random) -> Drawn:
    """``(x-q)(x-r)*sqrt(x-p) = 0``, multiplied out: roots below p are outside the domain."""
    x = rng.choice(UNKNOWNS)
    p, q, r = rng.sample(range(-6, 7), 3)
    equation = f"({write.quadratic(1, -(q + r), q * r, x)})*sqrt({_minus(x, p)}) = 0"
    points = [rational(root) for root in (p, q, r) if root >= p]
    return points_problem(rng, "root factor", equation, x, points, [rational(q), rational(r)])


def surds(rng: Random) -> Drawn:
    """``(x^2 + bx + c)/(x - e) = 0`` with irrational roots, and e excluded."""
    x = rng.choice(UNKNOWNS)
    b, c, e = rng.randint(-6, 6), rng.randint(-9, 2), rng.randint(-5, 5)
    roots = [root for root in quadratic_roots(1, b, c) if root != e]
    equation = f"({write.quadratic(1, b, c, x)})/({_minus(x, e)}) = 0"
    points = [value_of(root) for root in roots]
    return points_problem(rng, "surds", equation, x, points, [rational(e)])


def sine(rng: Random) -> Drawn:
    """``(sin x - u)(sin x - c) = 0`` on one turn, with c out of reach or u alone."""
    x, sign = rng.choice(("x", "t")), rng.choice(tuple(SINES))
    points: list[Value] = [pi_times(Fraction(angle)) for angle in SINES[sign]]
    traps = [pi_times(Fraction(angle) + 2) for angle in SINES[sign]]
    turn = f"0 <= {x} < 2*pi"
    far = rng.randint(2, 5)
    factor = rng.choice(("", f"*(sin({x}) - {far})", f"*(sin({x}) + {far})"))
    scale = rng.randint(1, 9)
    equation = f"{scale}*(sin({x}) - ({sign})){factor} = 0, {turn}"
    return points_problem(rng, "sine on a turn", equation, x, points, traps)
