"""The families that problems are drawn from, and the drawing of many different ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from . import draw_functions as functions
from . import draw_others as others
from . import draw_points as points
from .drawn import Drawn

Draw = Callable[[Random], Drawn]
Seen = set[tuple[object, ...]]

ALGEBRAIC: tuple[Draw, ...] = (
    points.from_training_data("rational"),
    points.from_training_data("radical"),
    points.from_training_data("absolute"),
    points.cancelled,
    points.root_factor,
    points.surds,
    points.two_roots,
    points.two_absolutes,
)
TRANSCENDENTAL: tuple[Draw, ...] = (
    points.log_sum,
    points.log_difference,
    points.exponential,
    points.sine,
)
INEQUALITIES: tuple[Draw, ...] = (
    others.quadratic_inequality,
    others.rational_inequality,
    others.absolute_inequality,
    others.root_inequality,
    others.absolute_identity,
    functions.exponential_inequality,
    functions.logarithmic_inequality,
    functions.absolute_logarithm,
    functions.arc_inequality,
    functions.sine_inequality,
    functions.tangent_inequality,
)
SYSTEMS: tuple[Draw, ...] = (
    others.linear_system,
    others.sum_and_product,
    others.reciprocals,
    others.root_of_a_system,
    functions.line_of_solutions,
)
PARAMETERS: tuple[Draw, ...] = (
    others.linear_parameter,
    others.quadratic_parameter,
    others.sum_of_the_first_problem,
)
RESTRICTED: tuple[Draw, ...] = (
    *ALGEBRAIC,
    *TRANSCENDENTAL,
    others.rational_inequality,
    others.root_inequality,
    others.reciprocals,
    others.root_of_a_system,
)
"""Those with a domain restriction, or with candidates that do not hold."""
EQUATION_SET: tuple[Draw, ...] = (
    points.from_training_data("linear"),
    points.from_training_data("quadratic"),
    *ALGEBRAIC,
)
"""The classes that the timings of other graders were taken on."""
ALL: tuple[Draw, ...] = (*EQUATION_SET, *TRANSCENDENTAL, *INEQUALITIES, *SYSTEMS, *PARAMETERS)
GOLD: tuple[Draw, ...] = (functions.identity,)
"""Those of which only the gold answer is known; they have few different problems."""


def draw_problems(
    families: Sequence[Draw], count: int, seed: int, seen: Seen | None = None
) -> list[Drawn]:
    """``count`` problems, no two alike, family by turn; a family that has no more is left out.

    None is in ``seen``, to which they are added.
    """
    return list(_draw(families, count, seed, set() if seen is None else seen))


def _draw(families: Sequence[Draw], count: int, seed: int, seen: Seen) -> Iterator[Drawn]:
    rng = Random(seed)
    live = list(families)
    drawn = 0
    while drawn < count:
        if not live:
            raise ValueError(f"these families have only {drawn} problems; {count} were asked for")
        for family in tuple(live):
            problem = _new(family, rng, seen)
            if problem is None:
                live.remove(family)
                continue
            yield problem
            drawn += 1
            if drawn == count:
                return


def _new(family: Draw, rng: Random, seen: Seen) -> Drawn | None:
    for _ in range(200):
        problem = family(rng)
        key: tuple[object, ...] = (
            problem.equation,
            tuple(sorted(problem.params.items())),
            problem.ask,
        )
        if problem.equation is None:
            key = (*key, problem.gold)
        if key not in seen:
            seen.add(key)
            return problem
    return None
