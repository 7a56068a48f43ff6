"""Text -> a set of real numbers: the solutions in an answer, or the domain in a statement.

    set     = clause { "or" clause }
    clause  = item { ("," | ";" | "and") item }
    item    = value | x = value { = value } | x in set | { value, ... } | interval | relation in x

Equations and values in a clause add up; ``!=`` and inequalities restrict. Only the unknown may
stand on the left, once with a value: x^2 = 4 is no answer, nor is banana = 7, nor x = 3 = 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifiers.algebra.evaluate import NotAlgebraicError, Undefined, evaluate
from verifiers.algebra.exact import Real
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.phrases import Phrase, read_phrase
from verifiers.syntax.ast import Expr, PlusMinus, Pow, Root, Sym
from verifiers.syntax.errors import OverBudgetError, ParseError
from verifiers.syntax.parser import RELATIONS, Parser
from verifiers.syntax.text import to_text
from verifiers.syntax.walk import free_names, plus_minus_choices, subexpressions
from verifiers.types import Reason

MAX_VALUES = 64
MAX_POWERS = 40  # roots and powers in one text: what makes exact comparison expensive

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_LEAD_IN = re.compile(
    r"\s*(?:the )?(?:final )?(?:real )?(?:answers?|solutions?|roots?)(?: set)?"
    r"(?: of (?:the|this) equation)?(?: is| are|\s*[:=])\s*(?=\S)",
    re.IGNORECASE,
)


class AnswerError(ValueError):
    """The answer is wrong whatever the solutions are; ``reason`` says in which way."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def parse_set(text: str, unknown: str, parameters: Mapping[str, Real] | None = None) -> RealSet:
    """The set that ``text`` describes: solutions (``x = 1 or x = 3``), a domain (``x != 2``).

    Raises ``ParseError`` where it is not in the grammar and ``AnswerError`` where it is, but is
    about another name, unsolved, or contradicts itself.
    """
    phrase = read_phrase(text, unknown)
    if phrase is not None:
        return _phrase_set(phrase, unknown, parameters or {})
    lead_in = _LEAD_IN.match(text)
    return _set_of(text[lead_in.end() :] if lead_in else text, unknown, parameters or {})


def _phrase_set(phrase: Phrase, unknown: str, parameters: Mapping[str, Real]) -> RealSet:
    if phrase.kind == "no solution":
        return EMPTY
    if phrase.kind == "infinitely many":
        raise AnswerError(Reason.WRONG_KIND, '"Infinitely many" does not say which.')
    if not phrase.link:
        return REALS
    rest = _set_of(phrase.rest, unknown, parameters)
    if phrase.link == "with":
        return rest
    if rest.points is None and rest.missing_points is not None:
        return rest  # "all real numbers except x != 0" is said for "except 0"
    return ~rest


def _set_of(text: str, unknown: str, parameters: Mapping[str, Real]) -> RealSet:
    parser = SetParser(text, unknown, parameters)
    result = parser.set()
    parser.accept(".")
    parser.expect_end("'or', ',' or the end")
    return result


class SetParser(Parser):
    """The grammar of answers, on top of that of expressions; see the module."""

    def __init__(self, text: str, unknown: str, parameters: Mapping[str, Real]) -> None:
        super().__init__(text, (unknown, *parameters))
        self.unknown = unknown
        self.parameters = parameters
        self._powers = 0
        self._num_values = 0

    def set(self) -> RealSet:
        result = self._clause()
        while self._word_follows("or"):
            result = result | self._clause()
        return result

    def _clause(self) -> RealSet:
        """Values and equations add up, restrictions cut: they may not cut what was answered."""
        values = restriction = None
        operator = "="
        while True:
            item, operator = self._item(operator)
            if operator == "=":
                values = item if values is None else values | item
            else:
                restriction = item if restriction is None else restriction & item
            if not (self.accept(",") or self.accept(";") or self._word_follows("and")):
                break
            self._word_follows("and")  # "1, 2, and 3"
        self._word_follows("only")
        if values is None:
            assert restriction is not None
            return restriction
        if restriction is not None and values & restriction != values:
            raise AnswerError(Reason.WRONG_KIND, "The answer excludes a value that it gives.")
        return values

    def _word_follows(self, word: str) -> bool:
        if self.token.value.lower() == word or self.token.kind == word:
            self.index += 1
            return True
        return False

    def _item(self, operator: str) -> tuple[RealSet, str]:
        """One item and its operator; a bare value takes that of the item before it."""
        literal = self._literal()
        if literal is not None:
            return literal, _operator_of(literal)
        sides, operators = [self.sum()], []
        while self.token.kind in RELATIONS or self.token.kind == "in" or self.token.value == "in":
            operators.append(self.advance().kind.replace("word", "in"))
            literal = self._literal() if operators[-1] in ("in", "=") else None
            if literal is not None:
                if len(operators) > 1:
                    self.fail("one relation")
                self._check_assigned(sides[0])
                return literal, _operator_of(literal)
            if operators[-1] == "in":
                self.fail("a set")
            sides.append(self.sum())
        if not operators:
            if operator not in ("=", "!="):
                self.fail("a relation")
            return self._values(sides[0], operator), operator
        return self._relation(sides, operators)

    def _relation(self, sides: list[Expr], operators: list[str]) -> tuple[RealSet, str]:
        if set(operators) == {"="}:
            if len(sides) == 2 and self._is_unknown(sides[1]) and not self._is_unknown(sides[0]):
                sides = sides[::-1]  # 3 = x
            self._check_assigned(sides[0])
            if len(sides) == 2:
                return self._values(sides[1], "="), "="
            return RealSet.points_only([self.one_value(sides[1:])]), "="
        if len(operators) == 1 and self._is_unknown(sides[0]):
            return self._values(sides[1], operators[0]), operators[0]
        if len(operators) == 1 and self._is_unknown(sides[1]):
            return self._values(sides[0], _MIRRORED[operators[0]]), operators[0]
        if len(operators) == 2 and self._is_unknown(sides[1]) and "=" not in operators:
            low = self._values(sides[0], _MIRRORED[operators[0]])
            return low & self._values(sides[2], operators[1]), operators[1]
        raise AnswerError(Reason.WRONG_KIND, f"The answer is not solved for {self.unknown}.")

    def _is_unknown(self, expr: Expr) -> bool:
        return isinstance(expr, Sym) and (
            expr.name == self.unknown or expr.name.startswith(self.unknown + "_")
        )

    def _check_assigned(self, left: Expr) -> None:
        if self._is_unknown(left):
            return
        if isinstance(left, Sym):
            raise AnswerError(
                Reason.WRONG_KIND, f"The answer gives {left.name}, not {self.unknown}."
            )
        raise AnswerError(
            Reason.WRONG_KIND, f"The answer is not solved: its left side is {to_text(left)[:80]}."
        )

    def _values(self, expr: Expr, operator: str) -> RealSet:
        if self._admit(expr) == 0:
            return RealSet.compared(operator, self._value(expr))
        if operator not in ("=", "!="):
            raise ParseError("an inequality with ±")
        plus, minus = (
            RealSet.compared(operator, self._value(choice)) for choice in plus_minus_choices(expr)
        )
        return plus | minus if operator == "=" else plus & minus

    def _admit(self, expr: Expr) -> int:
        """The number of ± in a value, once its names and its size are found to be in order."""
        parts = [type(part) for part in subexpressions(expr)]
        self._num_values += 1
        self._powers += parts.count(Root) + parts.count(Pow)
        if self._num_values > MAX_VALUES or self._powers > MAX_POWERS:
            raise OverBudgetError(
                f"more than {MAX_VALUES} values, or than {MAX_POWERS} roots and powers"
            )
        if Sym in parts and (names := free_names(expr) - self.parameters.keys()):
            listed = ", ".join(sorted(names))[:80]
            raise AnswerError(Reason.WRONG_KIND, f"The answer is no number: it has {listed} in it.")
        if (choices := parts.count(PlusMinus)) > 1:
            raise ParseError("several ± in one value have two readings")
        return choices

    def _value(self, expr: Expr) -> Real:
        try:
            value = evaluate(expr, self.parameters)
        except NotAlgebraicError as error:
            raise ParseError(f"{error} is not supported") from error
        if isinstance(value, Undefined):
            raise AnswerError(
                Reason.WRONG_KIND, f"{to_text(expr)[:80]} is no real number: {value.cause}."
            )
        return value

    def one_value(self, sides: tuple[Expr, ...] | list[Expr]) -> Real:
        """The value that all sides of an = chain have."""
        if sum(self._admit(side) for side in sides):
            raise AnswerError(Reason.WRONG_KIND, "± gives two values where one is asked for.")
        values = [self._value(side) for side in sides]
        if any(value != values[0] for value in values[1:]):
            raise AnswerError(
                Reason.WRONG_KIND, "The answer contradicts itself: " + " = ".join(map(str, values))
            )
        return values[0]

    def _literal(self) -> RealSet | None:
        """A set that stands here, or None where a relation or a value does."""
        token = self.token
        if self.accept("empty"):
            return EMPTY
        if token.kind == "reals":
            return self._reals()
        if token.kind == "\\{" or (token.kind == "{" and self.braces_list()):
            return self._braces()
        if token.kind in ("(", "[") and self._comma_at_level():
            return self._interval()
        return None

    def _reals(self) -> RealSet:
        self.expect("reals")
        if self.accept("setminus"):
            taken = self._literal()
            if taken is None:
                self.fail("a set after ∖")
            return ~taken
        if self.token.kind in ("\\{", "{"):  # ℝ\{0} and ℝ \ {0} in plain text
            return ~self._braces()
        return REALS

    def _braces(self) -> RealSet:
        closing = {"\\{": "\\}", "{": "}"}[self.advance().kind]
        result = EMPTY
        while self.token.kind not in ("\\}", "}"):
            item, operator = self._item("=")
            if operator != "=":
                self.fail("a list of values")
            result = result | item
            if not (self.accept(",") or self.accept(";")):
                break
        if self.token.kind in ("\\}", "}") and self.token.kind != closing:
            self.index += 1  # \{0} : one brace is written with its backslash, the other without
        else:
            self.expect(closing)
        return result

    def braces_list(self) -> bool:
        """Whether the ``{`` here opens a list: it is empty, or closes the whole item."""
        depth = 0
        for index in range(self.index, len(self.tokens)):
            kind = self.tokens[index].kind
            depth += (kind == "{") - (kind == "}")
            if depth == 0:
                after = self.tokens[index + 1]
                ends = after.kind in ("end", ",", ";", ".", "union", "or", "}")
                return ends or after.value in ("or", "and")
        return False

    def _comma_at_level(self) -> bool:
        depth = 0
        for token in self.tokens[self.index :]:
            depth += (token.kind in ("(", "[", "{")) - (token.kind in (")", "]", "}"))
            if depth == 0:
                return False
            if depth == 1 and token.kind in (",", ";"):
                return True
        return False

    def _interval(self) -> RealSet:
        closed_low = self.advance().kind == "["
        low = self._end()
        if not (self.accept(",") or self.accept(";")):
            self.fail("','")
        high = self._end()
        closed_high = self.token.kind == "]"
        if not (self.accept(")") or self.accept("]")):
            self.fail("')' or ']'")
        result = REALS
        if low is not None:
            result = result & RealSet.compared(">=" if closed_low else ">", low)
        if high is not None:
            result = result & RealSet.compared("<=" if closed_high else "<", high)
        if self.accept("union"):
            if self.token.kind not in ("(", "["):
                self.fail("an interval")
            return result | self._interval()
        return result

    def _end(self) -> Real | None:
        """An end of an interval; None is infinity."""
        mark = self.index
        if self.token.kind in ("-", "+"):
            self.index += 1
        if self.accept("infinity") or self._word_follows("oo") or self._word_follows("inf"):
            return None
        self.index = mark
        return self.one_value([self.sum()])


def _operator_of(literal: RealSet) -> str:
    """ℝ restricts (``x ∈ ℝ, x ≠ 0``), every other set adds up with what stands beside it."""
    return "in" if literal == REALS else "="
