"""Text -> tuples: the solutions of a system in an answer.

    answer     = item { ("," | ";" | "and" | "or") item } [ "," name "in" ℝ ]
    item       = tuple | (x, y) = tuple | (x, y) in set | { tuple, ... } | assignment
    assignment = name { = name } = value { = value }

Assignments gather in a group until each unknown has a value; ``x_1, y_1`` and ``x_2, y_2`` gather
apart. "or" stands between whole solutions only. A name without a value is the parameter of
infinitely many solutions: ``(t, 1 - t)``, ``y = 1 - x``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifiers.algebra.exact import Real
from verifiers.phrases import read_phrase, unwrapped
from verifiers.read_free import without_builder, without_declaration
from verifiers.read_put_in import without_unknowns
from verifiers.read_set import LEAD_IN, parse_set
from verifiers.read_value import AnswerError, ValueParser
from verifiers.syntax.ast import Expr, PlusMinus, Sym
from verifiers.syntax.errors import ParseError
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names, plus_minus_choices, subexpressions
from verifiers.tuples import Family, Tuples
from verifiers.types import Reason

_INFINITE = re.compile(
    r"\s*(?:there are |the system has )?infinitely many(?: real)? solutions\s*[:,]\s*(?=\S)", re.I
)

_EMPTY_SET = ("∅", "\\emptyset", "\\varnothing", "{}", "\\{\\}")


def parse_tuples(
    text: str, unknowns: tuple[str, ...], parameters: Mapping[str, Real], *, infinite: bool
) -> Tuples:
    """What ``text`` answers for the unknowns, in their order; raises as ``parse_set`` does.

    ``infinite``: the problem has infinitely many solutions, so names may stand for parameters.
    """
    if len(unknowns) == 1:
        points = parse_set(text, unknowns[0], parameters).points
        if points is None:
            raise AnswerError(Reason.WRONG_KIND, "The answer is an infinite set of numbers.")
        return Tuples(tuple((point,) for point in points))
    phrase = read_phrase(text, unknowns[0])
    if phrase is not None:
        if phrase.kind == "no solution":
            return Tuples()
        raise AnswerError(Reason.WRONG_KIND, "The answer does not say which tuples.")
    plain = unwrapped(text)
    if plain.strip().strip("$").strip() in _EMPTY_SET:
        return Tuples()
    for pattern in (LEAD_IN, _INFINITE):
        lead_in = pattern.match(plain)
        plain = plain[lead_in.end() :] if lead_in else plain
    if not infinite:
        return _TupleParser(plain, None, unknowns, parameters).answer()
    return _TupleParser(
        *without_declaration(without_builder(plain, unknowns)), unknowns, parameters
    ).answer()


class _TupleParser(ValueParser):
    """``declared``: names said to be free; None where no name may be."""

    def __init__(
        self,
        text: str,
        declared: frozenset[str] | None,
        unknowns: tuple[str, ...],
        parameters: Mapping[str, Real],
    ) -> None:
        super().__init__(text, unknowns[0], parameters)
        self._names = self._names.union(unknowns)
        self._unknowns = unknowns
        self._declared = declared
        self._order = unknowns  # of the tuples after the last header
        self._rows: list[tuple[Expr, ...]] = []
        self._groups: dict[str, dict[str, Expr]] = {}

    def answer(self) -> Tuples:
        while True:
            self._item()
            separated = self.accept(",") or self.accept(";")
            if self._word_follows("or"):
                self._check_complete()
            elif not (self._word_follows("and") or separated):
                break
        self.accept(".")
        self.expect_end("',', 'or' or the end")
        self._check_complete()
        return self._result()

    def _word_follows(self, word: str) -> bool:
        if self.token.value.lower() == word or self.token.kind == word:
            self.index += 1
            return True
        return False

    def _item(self) -> None:
        if self.token.kind in ("\\{", "{"):
            self._braces()
        elif self.token.kind == "(" and self.comma_in_bracket():
            row = self._tuple()
            order = self._order_of(row)
            if order and (self.accept("=") or self._word_follows("in")):
                self._order = order
                self._after_header()
            elif order and self.token.kind != "end":
                self.fail("'='")
            else:
                self._add(row, self._order)
        else:
            self._assignment()

    def _after_header(self) -> None:
        """What (x, y) = stands before."""
        if self.token.kind in ("\\{", "{"):
            self._braces()
        elif self.token.kind == "(" and self.comma_in_bracket():
            self._add(self._tuple(), self._order)
        else:
            self.fail("a tuple")

    def _braces(self) -> None:
        self.advance()
        while True:
            if self.token.kind != "(" or not self.comma_in_bracket():
                self.fail("a tuple")
            self._add(self._tuple(), self._order)
            if not (self.accept(",") or self.accept(";")):
                break
        if not (self.accept("\\}") or self.accept("}")):
            self.fail("'}'")

    def _tuple(self) -> tuple[Expr, ...]:
        self.expect("(")
        parts = [self.sum()]
        while self.accept(",") or self.accept(";"):
            parts.append(self.sum())
        self.expect(")")
        return tuple(parts)

    def _order_of(self, row: tuple[Expr, ...]) -> tuple[str, ...] | None:
        """``(y, x)`` where the row is that header, also as ``(y_1, x_1)``."""
        names = [self._unknown_of(part) for part in row]
        known = tuple(name[0] for name in names if name is not None)
        if len(known) != len(row) or sorted(known) != sorted(self._unknowns):
            return None
        return known

    def _unknown_of(self, expr: Expr) -> tuple[str, str] | None:
        """The unknown and the number of the solution that a left side names."""
        if not isinstance(expr, Sym):
            return None
        if expr.name in self._unknowns:
            return expr.name, ""
        stem, _, number = expr.name.rpartition("_")
        return (stem, number) if stem in self._unknowns else None

    def _assignment(self) -> None:
        sides = [self.sum()]
        while self.accept("="):
            sides.append(self.sum())
        if self.token.kind in ("<", "<=", ">", ">=", "!="):
            raise AnswerError(Reason.WRONG_KIND, "The answer is an inequality, not tuples.")
        targets = [found for side in sides if (found := self._unknown_of(side)) is not None]
        values = [side for side in sides if self._unknown_of(side) is None]
        if not targets and len(sides) > 1:
            shown = to_text(sides[0])[:80]
            raise AnswerError(Reason.WRONG_KIND, f"The answer gives {shown}, not an unknown.")
        if len(targets) > 1 and not values and self._declared is not None:
            values = [Sym(targets.pop()[0])]  # x = y is solved for x
        if not targets or not values:
            raise AnswerError(
                Reason.WRONG_KIND, f"A value for each of {', '.join(self._unknowns)} is asked for."
            )
        if len(values) > 1:
            self.one_value(values)  # raises for x = 3 = 4
        for name, number in targets:
            group = self._groups.setdefault(number, {})
            if name in group:
                raise AnswerError(Reason.WRONG_KIND, f"The answer gives {name} twice.")
            group[name] = values[0]
            if len(group) == len(self._unknowns):
                del self._groups[number]
                self._add(tuple(group[each] for each in self._unknowns), self._unknowns)

    def _check_complete(self) -> None:
        for group in self._groups.values():
            missing = [name for name in self._unknowns if name not in group]
            if self._declared is not None and self._is_free(missing, group):
                row = tuple(group.get(name, Sym(name)) for name in self._unknowns)
                self._add(row, self._unknowns)
                continue
            raise AnswerError(Reason.WRONG_KIND, f"The answer gives {missing[0]} no value.")
        self._groups.clear()

    def _is_free(self, missing: list[str], group: dict[str, Expr]) -> bool:
        """Whether each name is said to be free, or stands in a value of y = 3 - x."""
        assert self._declared is not None
        used = frozenset().union(*map(free_names, group.values()))
        return (self._declared | used).issuperset(missing)

    def _add(self, row: tuple[Expr, ...], order: tuple[str, ...]) -> None:
        if len(row) != len(order):
            raise AnswerError(
                Reason.WRONG_KIND, f"A tuple of {len(row)} for {len(order)} unknowns."
            )
        named = dict(zip(order, row, strict=True))
        self._rows.append(tuple(named[name] for name in self._unknowns))

    def _result(self) -> Tuples:
        names = frozenset().union(*(free_names(part) for row in self._rows for part in row))
        names -= self.parameters.keys()
        if self._declared and not names.issuperset(self._declared):
            raise AnswerError(Reason.WRONG_KIND, "A name is said to be free that is not used.")
        if names and self._declared is not None:
            return Tuples(family=self._solution_family(names))
        points: list[tuple[Real, ...]] = []
        for row in self._rows:
            if sum(map(_num_signs, row)) > 1:
                raise ParseError("several ± in one tuple have two readings")
            choices = [plus_minus_choices(part) for part in row]
            for index in range(max(map(len, choices))):
                exprs = [choice[min(index, len(choice) - 1)] for choice in choices]
                points.append(tuple(self.one_value([expr]) for expr in exprs))
        return Tuples(tuple(points))

    def _solution_family(self, names: frozenset[str]) -> Family:
        if len(self._rows) != 1 or any(map(_num_signs, self._rows[0])):
            raise AnswerError(Reason.WRONG_KIND, "Infinitely many solutions are one family.")
        row = without_unknowns(self._rows[0], self._unknowns)
        names = frozenset().union(*map(free_names, row))
        return Family(row, names - self.parameters.keys(), self._declared or frozenset())


def _num_signs(expr: Expr) -> int:
    return sum(isinstance(part, PlusMinus) for part in subexpressions(expr))
