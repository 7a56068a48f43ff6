"""How a novice works: habits that are uneven on purpose, one draw of them a problem."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from rlvr.config_data import NoviceConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """The choices of one worked solution."""

    states_domain: bool
    forgets_domain: bool  # states nothing, and keeps excluded values in the answer
    uses_formula: bool  # the quadratic formula even where factors are in sight
    slips_sign: bool  # takes b for -b in the formula
    is_hasty: bool  # moves terms without writing the move down
    slips_move: bool  # ... and forgets to turn the sign
    checks: bool  # puts the candidates back


def draw_habit(rng: Random, rates: NoviceConfig) -> Habit:
    states_domain = rng.random() < rates.states_domain
    is_hasty = rng.random() < rates.is_hasty
    uses_formula = rng.random() < rates.uses_formula
    return Habit(
        states_domain=states_domain,
        forgets_domain=not states_domain and rng.random() < rates.forgets_domain,
        uses_formula=uses_formula,
        slips_sign=rng.random() < rates.slips_sign,
        is_hasty=is_hasty,
        slips_move=is_hasty and rng.random() < rates.slips_move,
        checks=rng.random() < rates.checks,
    )


CAREFUL = Habit(
    states_domain=True,
    forgets_domain=False,
    uses_formula=False,
    slips_sign=False,
    is_hasty=False,
    slips_move=False,
    checks=True,
)
