"""The zeros of a transcendental tree, step by step, each step an equivalence where the tree exists.

A factor of a product; the one function that holds the unknown taken for a new unknown u; logarithms
put under one; exponentials as powers of one; sines and cosines on the circle. What comes out is
right on the domain of the tree; whoever asks takes away the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from verifiers.algebra.exact import Real
from verifiers.algebra.functions import exponential, logarithm
from verifiers.algebra.roots import NoExactRootsError
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.solve.algebraic import solve_algebraic
from verifiers.solve.equation import Equation
from verifiers.solve.exponential import SMALL_FRACTIONS, exp_quotient, exponential_zeros
from verifiers.solve.inverses import inverse, where_within
from verifiers.solve.kernels import (
    ZERO,
    E,
    is_transcendental,
    kernels,
    minus,
    normal,
    number_expr,
    outer_shells,
    replaced,
    terms_of,
    value_of,
    with_its_scale,
)
from verifiers.solve.logarithmic import (
    has_log,
    linear_in_logs,
    logs_of_sides,
    with_split_logs,
    without_logs,
)
from verifiers.solve.products import split_product
from verifiers.solve.trigonometric import affine, trigonometric_zeros
from verifiers.syntax.ast import Abs, Add, Expr, Func, Log, Mul, Neg, Pow, Relation, Root, Sym
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names

MAX_STEPS = 40


@dataclass
class Search:
    """``sentences`` say how the zeros were found; ``tried`` holds values that may be none."""

    sentences: list[str] = field(default_factory=list)
    tried: list[Real] = field(default_factory=list)
    steps: int = 0
    took_logs: bool = False

    def zeros(self, expr: Expr, unknown: str) -> RealSet:
        """Raises ``NoExactRootsError`` or ``UndecidedError`` where no step leads on."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise NoExactRootsError("too many steps")
        if not free_names(expr):
            value = value_of(expr)
            return REALS if value is not None and value.sign() == 0 else EMPTY
        if not is_transcendental(expr):
            return self._algebraic(expr, unknown)
        expr = normal(expr)
        if not is_transcendental(expr):
            return self.zeros(expr, unknown)
        factors = split_product(expr)
        for constant in (each for each in factors if not free_names(each)):
            value = value_of(constant)
            if value is None or value.sign() == 0:
                return EMPTY if value is None else REALS
        parts = [part for part in factors if free_names(part)]
        if parts != [expr]:
            result = EMPTY
            for part in parts:
                result = result | self.zeros(part, unknown)
            return result
        for step in (self._direct, self._one_kernel, self._logs, self._circle, self._exponentials,
                     self._split_logs, self._log_as_unknown, self._logs_of_sides,
                     self._shell):  # fmt: skip
            found = step(expr, unknown)
            if found is not None:
                return found
        raise NoExactRootsError("no method covers this equation")

    def _algebraic(self, expr: Expr, unknown: str) -> RealSet:
        equation = Equation(Relation("=", expr, ZERO), unknown, {})
        solution = solve_algebraic(equation)
        self.sentences += solution.certificate
        self.tried += [*solution.excluded, *solution.extraneous]
        return solution.solutions

    def _direct(self, expr: Expr, unknown: str) -> RealSet | None:
        """A polynomial with transcendental coefficients, or one exponential."""
        if any(isinstance(each, Log | Func) for each in kernels(expr)):
            return None
        if any(isinstance(each, Pow) for each in kernels(expr)):
            return None
        return self._exponentials(expr, unknown)

    def _one_kernel(self, expr: Expr, unknown: str) -> RealSet | None:
        found = list(dict.fromkeys(kernels(expr)))
        if len(found) != 1 or isinstance(found[0], Sym):
            return None
        kernel = with_its_scale(expr, found[0])
        if exp_quotient(expr, unknown) is not None:
            return None  # better as a sum of exponentials
        letter = _fresh(unknown)
        inner = replaced(expr, kernel, Sym(letter))
        if inner == Sym(letter):
            return inverse(self, kernel, Real.of(0), unknown)
        if isinstance(kernel, Func) and trigonometric_zeros(expr, unknown) is not None:
            return None
        values = self.zeros(inner, letter)
        if values == REALS:
            return REALS
        if values.missing_points is not None:
            return ~self._inverses(kernel, values.missing_points, unknown)
        if values.points is None:
            return where_within(self, kernel, values, unknown)
        self.sentences.append(
            f"With {letter} = {to_text(kernel)} it is solved by {letter} = "
            f"{', '.join(map(str, values.points)) or 'no real number'} only."
        )
        return self._inverses(kernel, values.points, unknown)

    def _inverses(self, kernel: Expr, values: tuple[Real, ...], unknown: str) -> RealSet:
        result = EMPTY
        for value in values:
            result = result | inverse(self, kernel, value, unknown)
        return result

    def _shell(self, expr: Expr, unknown: str) -> RealSet | None:
        """The unknown only inside one absolute value or root, as in |x| = e."""
        shells = set(outer_shells(expr))
        if len(shells) != 1:
            return None
        shell = next(iter(shells))
        if not isinstance(shell, Abs | Root) or shell == expr:
            return None
        letter = _fresh(unknown)
        values = self.zeros(replaced(expr, shell, Sym(letter)), letter)
        return None if values.points is None else self._inverses(shell, values.points, unknown)

    def equal(self, expr: Expr, value: Real, unknown: str) -> RealSet:
        """Where ``expr`` has this value."""
        if expr == Sym(unknown):
            return RealSet.points_only([value])
        return self.zeros(minus(expr, number_expr(value)), unknown)

    def _logs(self, expr: Expr, unknown: str) -> RealSet | None:
        terms = linear_in_logs(expr)
        if terms is None:
            return None
        sides = without_logs(terms)
        if sides is None:
            return None
        sentence = f"Where the logarithms exist, it says {to_text(sides[0])} = {to_text(sides[1])}."
        if not _bare_unknown(terms.rest):
            self.sentences.append(sentence)
            return self.zeros(minus(*sides), unknown)
        try:  # x + ln x = 1 also has u = ln x, later
            found = self._exponentials(minus(*sides), unknown)
        except NoExactRootsError:
            return None
        self.sentences += [] if found is None else [sentence]
        return found

    def _exponentials(self, expr: Expr, unknown: str) -> RealSet | None:
        quotient = exp_quotient(expr, unknown)
        if quotient is None:
            return None
        found, why = exponential_zeros(quotient[0], unknown)
        self.sentences.append(why)
        return found

    def _circle(self, expr: Expr, unknown: str) -> RealSet | None:
        found = trigonometric_zeros(expr, unknown)
        if found is None:
            return None
        self.sentences.append(found[1])
        return found[0]

    def _split_logs(self, expr: Expr, unknown: str) -> RealSet | None:
        if not has_log(expr):
            return None
        split = with_split_logs(expr, unknown)
        if split == expr or len({*kernels(split)}) != 1:
            return None
        return self.zeros(split, unknown)

    def _log_as_unknown(self, expr: Expr, unknown: str) -> RealSet | None:
        """With u = ln(a*x + b), the unknown is (e^u - b)/a."""
        logs = {each for each in kernels(expr) if isinstance(each, Log)}
        if len(logs) != 1:
            return None
        log = next(iter(logs))
        arg = log.arg.arg if isinstance(log.arg, Abs) else log.arg
        form = affine(arg, unknown)
        if form is None or isinstance(log.arg, Abs):
            return None
        rate, shift = form
        letter = _fresh(unknown)
        inverse = Mul(
            (number_expr(Real.of(1) / rate), Add((Pow(E, Sym(letter)), number_expr(-shift))))
        )
        inner = replaced(replaced(expr, log, Sym(letter)), Sym(unknown), inverse)
        quotient = exp_quotient(inner, letter)
        if quotient is None:
            return None
        values = (rate * x + shift for x in SMALL_FRACTIONS)
        logs_tried = [logarithm(value) for value in values if value.sign() > 0]
        found, why = exponential_zeros(quotient[0], letter, logs_tried)
        if found.points is None:
            return REALS if found == REALS else None
        self.sentences += [f"With {letter} = {to_text(log)} it is a sum of exponentials.", why]
        return RealSet.points_only((exponential(u) - shift) / rate for u in found.points)

    def _logs_of_sides(self, expr: Expr, unknown: str) -> RealSet | None:
        terms = terms_of(expr)
        if len(terms) != 2 or self.took_logs:
            return None
        self.took_logs = True
        left, right = terms[0], Neg(terms[1])
        logs = logs_of_sides(left, right)
        if logs == expr or any(has_log(each) for each in (left, right) if isinstance(each, Log)):
            return None
        self.sentences.append("Where the sides are positive, their logarithms are equal.")
        found = self.zeros(logs, unknown)
        if found.points is None:
            raise NoExactRootsError("sides of equal size on an interval")
        return found


def _fresh(unknown: str) -> str:
    return "u" if unknown != "u" else "v"


def _bare_unknown(expr: Expr) -> bool:
    return any(isinstance(each, Sym) for each in kernels(expr))
