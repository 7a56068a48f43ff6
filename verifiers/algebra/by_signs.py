"""Whether two expressions with square roots and absolute values agree, by cases of signs.

Where the irreducible polynomials under the roots keep their signs, both are sums of products of
square roots over the rational functions, and the same function only if they look the same. All
combinations of signs are tried, each only as far as it is asked for; where a side has no value,
nothing is claimed. The zeros of those polynomials are not looked at: there both sides are limits
of values beside them, save where one of them exists at no point beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx

from verifiers.algebra.fields import BeyondFieldError, NoValueError
from verifiers.algebra.function_field import Element, FunctionField, SignUnknownError
from verifiers.algebra.quotients import Fractional, definite_sign
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import OverBudgetError
from verifiers.syntax.walk import free_names

MAX_CASES = 128


def agree_by_signs(left: Expr, right: Expr) -> bool:
    """Whether a proof was found that they agree on every open set on which both exist."""
    names = sorted(free_names(left) | free_names(right))
    context = fmpq_mpoly_ctx.get([f"n{name}" for name in names], Ordering.lex)
    parameters = dict(zip(names, context.gens(), strict=True))
    try:
        for signs in _cases(left, right, context, parameters):
            own = FunctionField(context, parameters, signs)
            try:
                difference = own.subtract(own.value(left), own.value(right))
            except NoValueError:
                continue
            if difference:
                return False
    except (BeyondFieldError, OverBudgetError):
        return False
    return True


@dataclass(slots=True)
class _Signs:
    """A sign for each irreducible polynomial that was asked for."""

    context: fmpq_mpoly_ctx
    known: dict[str, int] = field(default_factory=dict)

    def sign_of(self, poly: fmpq_mpoly) -> int:
        """Raises ``SignUnknownError``."""
        sign = definite_sign(poly) or self._sign_of_terms(poly)
        if sign:
            return sign
        lead = 1 if poly.leading_coefficient() > 0 else -1
        key = str(poly * lead)
        if key not in self.known:
            raise SignUnknownError(poly * lead)
        return lead * self.known[key]

    def reduced(self, poly: fmpq_mpoly) -> Fractional:
        return poly, self.context.constant(1)

    def sign_at_sample(self, value: Element, functions: FunctionField) -> int:
        raise BeyondFieldError("the sign of a sum of roots")

    def _sign_of_terms(self, poly: fmpq_mpoly) -> int:
        """The sign that all terms share, as those of a + b^2 for a > 0; 0 where they do not."""
        gens = self.context.gens()
        signs = set()
        for powers, coefficient in poly.terms():
            sign = 1 if coefficient > 0 else -1
            for generator, power in zip(gens, powers, strict=True):
                if int(power) % 2:
                    sign *= self.known.get(str(generator), 0)
            signs.add(sign)
        return signs.pop() if len(signs) == 1 else 0


def _cases(
    left: Expr, right: Expr, context: fmpq_mpoly_ctx, parameters: dict[str, fmpq_mpoly]
) -> Iterator[_Signs]:
    """Signs that settle all that the two expressions ask for; every point has one of them."""
    waiting = [_Signs(context)]
    for _ in range(MAX_CASES):
        if not waiting:
            return
        signs = waiting.pop()
        own = FunctionField(context, parameters, signs)
        try:
            for side in (left, right):
                own.value(side)
        except NoValueError:
            continue
        except SignUnknownError as unknown:
            key = str(unknown.poly)
            waiting += [_Signs(context, {**signs.known, key: sign}) for sign in (1, -1)]
            continue
        yield signs
    raise OverBudgetError(f"more than {MAX_CASES} cases of signs")
