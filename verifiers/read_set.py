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

from verifiers.algebra.exact import Real
from verifiers.algebra.periodic import INTEGERS
from verifiers.algebra.sets import EMPTY, REALS, RealSet
from verifiers.phrases import Phrase, read_phrase
from verifiers.read_family import without_declarations
from verifiers.read_interval import IntervalParser
from verifiers.read_value import AnswerError
from verifiers.rewrites import in_our_words
from verifiers.syntax.ast import Expr
from verifiers.syntax.errors import ParseError
from verifiers.syntax.parser import RELATIONS
from verifiers.types import Reason

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
LEAD_IN = re.compile(
    r"\s*(?:the )?(?:final )?(?:real )?(?:answers?|solutions?|roots?)(?: set)?"
    r"(?: of (?:the|this) equation)?(?: is| are|\s*[:=])\s*(?=\S)",
    re.IGNORECASE,
)

_ALL_INTEGERS = re.compile(
    r"(?:[a-z] (?:is|can be) )?(?:all|any|every|the|an) (?:set of )?(?:the )?integers?(?: [a-z])?"
)


def parse_set(text: str, unknown: str, parameters: Mapping[str, Real] | None = None) -> RealSet:
    """The set that ``text`` describes: solutions (``x = 1 or x = 3``), a domain (``x != 2``).

    Raises ``ParseError`` where it is not in the grammar and ``AnswerError`` where it is, but is
    about another name, unsolved, or contradicts itself.
    """
    text = in_our_words(text, unknown)
    phrase = read_phrase(text, unknown)
    if phrase is None:
        if "nteger" in text and _ALL_INTEGERS.fullmatch(text.strip().rstrip(".").lower()):
            return INTEGERS
        lead_in = LEAD_IN.match(text)
        return _read(text[lead_in.end() :] if lead_in else text, unknown, parameters or {})
    if phrase.kind == "infinitely many":
        raise AnswerError(Reason.WRONG_KIND, '"Infinitely many" does not say which.')
    if phrase.kind == "no solution":
        return EMPTY
    return _all_reals(phrase, unknown, parameters or {})


def _all_reals(phrase: Phrase, unknown: str, parameters: Mapping[str, Real]) -> RealSet:
    if not phrase.link:
        return REALS
    rest = _read(phrase.rest, unknown, parameters)
    if phrase.link == "with" or rest.missing_points is not None:
        return rest  # "all real numbers except x != 0" is said for "except 0"
    return ~rest


def _read(text: str, unknown: str, parameters: Mapping[str, Real]) -> RealSet:
    text, letters = without_declarations(text, unknown)
    parser = SetParser(text, unknown, parameters)
    parser.letters = letters - parameters.keys()
    result = parser.set()
    parser.accept(".")
    parser.expect_end("'or', ',' or the end")
    return result


class SetParser(IntervalParser):
    """The grammar of answers, on top of that of intervals; see the module."""

    def __init__(self, text: str, unknown: str, parameters: Mapping[str, Real]) -> None:
        super().__init__(text, unknown, parameters)
        self._num_items = 0
        self._says_empty = False

    def set(self) -> RealSet:
        """A set; an empty one must say so, alone: ``3 < x < 1`` and ``∅ or 2`` are refused."""
        result = self._clause()
        while self.word_follows("or"):
            result = result | self._clause()
        if self._says_empty != (result == EMPTY) or (self._says_empty and self._num_items > 1):
            raise AnswerError(Reason.WRONG_KIND, "The answer contradicts itself.")
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
            if not (self.accept(",") or self.accept(";") or self.word_follows("and")):
                break
            self.word_follows("and")  # "1, 2, and 3"
        self.word_follows("only")
        if values is None:
            assert restriction is not None
            return restriction
        if restriction is not None and values & restriction != values:
            raise AnswerError(Reason.WRONG_KIND, "The answer excludes a value that it gives.")
        return values

    def _item(self, operator: str) -> tuple[RealSet, str]:
        """One item and its operator; a bare value takes that of the item before it."""
        self._num_items += 1
        literal = self._literal()
        if literal is not None:
            return literal, _operator_of(literal)
        sides, operators = [self.sum()], []
        if self.word_follows("in") or (self.token.kind == "=" and self._set_follows()):
            self.accept("=")
            self.check_assigned(sides[0])
            literal = self._literal()
            if literal is None:
                self.fail("a set")
            return literal, _operator_of(literal)
        while self.token.kind in RELATIONS:
            operators.append(self.advance().kind)
            sides.append(self.sum())
        if not operators:
            if operator not in ("=", "!="):
                self.fail("a relation")
            return self.values(sides[0], operator), operator
        return self._relation(sides, operators)

    def _relation(self, sides: list[Expr], operators: list[str]) -> tuple[RealSet, str]:
        if set(operators) == {"="}:
            if len(sides) == 2 and self.is_unknown(sides[1]) and not self.is_unknown(sides[0]):
                sides = sides[::-1]  # 3 = x
            self.check_assigned(sides[0])
            if len(sides) == 2:
                return self.values(sides[1], "="), "="
            return RealSet.points_only([self.one_value(sides[1:])]), "="
        if len(operators) == 1 and self.is_unknown(sides[0]):
            return self.values(sides[1], operators[0]), operators[0]
        if len(operators) == 1 and self.is_unknown(sides[1]):
            return self.values(sides[0], _MIRRORED[operators[0]]), operators[0]
        if len(operators) == 2 and self.is_unknown(sides[1]) and "=" not in operators:
            if self.repeats(sides[0], sides[2]):
                return self._repeated_chain(sides, operators), operators[1]
            low = self.values(sides[0], _MIRRORED[operators[0]])
            return low & self.values(sides[2], operators[1]), operators[1]
        raise AnswerError(Reason.WRONG_KIND, f"The answer is not solved for {self.unknown}.")

    def _repeated_chain(self, sides: list[Expr], operators: list[str]) -> RealSet:
        """``π/6 + 2πk <= x <= 5π/6 + 2πk``."""
        if operators[0] in (">", ">="):
            sides, operators = sides[::-1], [_MIRRORED[each] for each in operators[::-1]]
        if not set(operators) <= {"<", "<="}:
            raise ParseError("a chain of unlike relations with an integer in it")
        closed = (operators[0] == "<=", operators[1] == "<=")
        return self.repeated(sides[0], sides[2], closed)

    def set_stands_here(self) -> bool:
        """Whether a set literal begins at this token, not a value."""
        kind = self.token.kind
        if kind in ("{", "(", "["):
            return self._braces_list() if kind == "{" else self.comma_in_bracket()
        return kind in ("empty", "reals", "integers", "\\{")

    def _set_follows(self) -> bool:
        self.index += 1
        found = self.set_stands_here()
        self.index -= 1
        return found

    def _literal(self) -> RealSet | None:
        """The set that stands here, or None where a value does."""
        if not self.set_stands_here():
            return None
        if self.accept("empty"):
            self._says_empty = True
            return EMPTY
        if self.token.kind == "reals":
            return self._reals()
        if self.accept("integers"):
            return INTEGERS
        return self.interval() if self.token.kind in ("(", "[") else self._braces()

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
        """A list in braces; ``\\{0}`` for ``\\{0\\}`` is let pass."""
        self.advance()
        self._says_empty |= self.token.kind in ("\\}", "}")
        result = EMPTY
        while self.token.kind not in ("\\}", "}"):
            item, operator = self._item("=")
            if operator != "=":
                self.fail("a list of values")
            result = result | item
            if not (self.accept(",") or self.accept(";")):
                break
        if not (self.accept("\\}") or self.accept("}")):
            self.fail("'}'")
        return result

    def _braces_list(self) -> bool:
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


def _operator_of(literal: RealSet) -> str:
    """ℝ restricts (``x ∈ ℝ, x ≠ 0``), every other set adds up with what stands beside it."""
    return "in" if literal == REALS else "="
