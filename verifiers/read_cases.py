"""Text -> an answer by cases: what is claimed, and for which values of the parameters.

    x = b/a if a != 0; no solution if a = 0 and b != 0; all real numbers if a = b = 0
    if a > 0, x = ±sqrt(a), otherwise no solution

The text is cut at commas, semicolons, "and" and "or" outside brackets. A piece with "if", "when",
"for", ... brings a condition; a relation without the unknown belongs to the condition before it;
everything else is claimed. A case without a condition is claimed for all parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from verifiers.algebra.exact import Real
from verifiers.answer import parse_answer
from verifiers.phrases import read_phrase
from verifiers.read_claim import Claim, ClaimParser
from verifiers.read_pieces import one_line, pieces_of
from verifiers.read_set import LEAD_IN
from verifiers.read_value import AnswerError
from verifiers.solve.parametric import relations_of
from verifiers.syntax.ast import Add, Num, PlusMinus, Relation
from verifiers.syntax.errors import ParseError
from verifiers.syntax.walk import free_names, subexpressions
from verifiers.types import Ask, Reason

MAX_CASES = 24

_IF = re.compile(
    r"\b(?:if and only if|only if|iff?|when(?:ever)?|for|where|provided(?: that)?|as long as|"
    r"assuming(?: that)?|given(?: that)?|in (?:the )?case(?: that| of)?|with|unless)\b"
)
_OTHERWISE = re.compile(r"\b(?:otherwise|else|in all other cases|in any other case)\b")
_ALL = re.compile(
    r"\s*(?:all|any|every|each)(?: other)?(?: (?:real|values?|numbers?))*(?: of)?\b\s*"
)
_CLAIM_STARTS = re.compile(
    r"(?<=\S)\s+(?=(?:there (?:is|are)|the (?:equation|solution)|it has|no (?:real )?solution|"
    r"all real|every real|any real|infinitely)\b)"
)
_IS_SOLUTION = re.compile(r"\s+(?:is|are)(?: all)?(?: an?| the)? solutions?\s*\.?\s*$")
_WORDED = [
    (re.compile(r"\b(?:is |are )?(?:non-?zero|not (?:zero|0|equal to 0))\b"), "!= 0"),
    (re.compile(r"\bis positive\b"), "> 0"),
    (re.compile(r"\bis negative\b"), "< 0"),
    (re.compile(r"\bis (?:zero|0)\b"), "= 0"),
]
_BOTH = re.compile(
    r"\s*both(?: (?:are|parameters are|equal|of them are))? (?:0|zero)\s*|\s*both\s*=\s*0\s*"
)
_ANY_REAL = re.compile(r"\s*[A-Za-z]\w*\s*(?:∈|\\in|in)\s*(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|R)\s*")
_LABEL = re.compile(
    r"\s*(?:the )?(?:sum|total|product|largest|greatest|biggest|smallest|least|maximum|minimum)"
    r"(?: (?:real )?(?:solutions?|roots?))?(?: of (?:the |all )?(?:distinct )?(?:real )?"
    r"(?:solutions|roots))?\s*(?:=|:|is\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Case:
    """``condition`` is an or of ands of relations; None holds always; empty is "otherwise"."""

    claim: Claim
    condition: tuple[tuple[Relation, ...], ...] | None

    @property
    def is_special(self) -> bool:
        """Whether it names values of a parameter, as a = 0 does."""
        return any(each.op == "=" for ands in self.condition or () for each in ands)


@dataclass(slots=True)
class _Draft:
    claims: list[str] = field(default_factory=list)
    ors: list[list[str]] = field(default_factory=list)
    always: bool = False
    otherwise: bool = False
    claim_last: bool = False  # if COND, CLAIM

    @property
    def conditioned(self) -> bool:
        return bool(self.ors) or self.always or self.otherwise


class CaseReader:
    """Reads the answers of one problem."""

    def __init__(
        self, unknown: str, names: tuple[str, ...], values: Mapping[str, Real], ask: Ask
    ) -> None:
        self._unknown = unknown
        self._names = names
        self._values = values
        self._ask = ask
        self._drafts: list[_Draft] = []

    def read(self, text: str) -> tuple[Case, ...]:
        """Raises ``ParseError`` and ``AnswerError``."""
        for connector, piece in pieces_of(one_line(text)):
            self._place(connector, piece)
        drafts = [draft for draft in self._drafts if draft.claims or draft.conditioned]
        if not 1 <= len(drafts) <= MAX_CASES:
            raise ParseError(f"{len(drafts)} cases, accepted are 1 to {MAX_CASES}")
        return tuple(self._case(draft) for draft in drafts)

    def _place(self, connector: str, piece: str) -> None:
        current = self._drafts[-1] if self._drafts else self._next()
        marker = _OTHERWISE.search(piece)
        if marker:
            rest = (piece[: marker.start()] + " " + piece[marker.end() :]).strip()
            trailing = not rest and current.claims and not current.conditioned
            draft = current if trailing else self._next()
            draft.otherwise = True
            draft.claim_last = not trailing
            draft.claims += [rest] if rest else []
            return
        marker = _IF.search(piece)
        if marker:
            self._place_condition(connector, piece, marker)
        elif self._is_condition(piece) and (current.claims or current.ors):
            if current.claim_last and current.claims:
                raise ParseError("a condition after what it is for, expected one case a clause")
            if connector == "or" and current.ors:
                current.ors.append([piece])
            elif current.ors:
                current.ors[-1].append(piece)
            else:
                current.ors = [[piece]]
        else:
            done = current.conditioned and not current.claim_last
            draft = self._next() if done else current
            draft.claims.append(piece)

    def _place_condition(self, connector: str, piece: str, marker: re.Match[str]) -> None:
        current = self._drafts[-1]
        before, after = piece[: marker.start()].strip(), piece[marker.end() :].strip()
        waiting = bool(current.claims) and not current.conditioned and connector != ";"
        draft = current if waiting else self._next()
        if before:
            draft.claims.append(before)
        elif not draft.claims:
            draft.claim_last = True
        cut = _CLAIM_STARTS.search(after)
        claim = after[cut.end() :] if cut and draft.claim_last else ""
        after = after[: cut.start()] if claim and cut else after
        self._add_condition(draft, after, negated=marker[0] == "unless")
        if claim:
            draft.claims.append(claim)

    def _add_condition(self, draft: _Draft, text: str, *, negated: bool) -> None:
        quantified = _ALL.match(text)
        text = text[quantified.end() :] if quantified else text
        if _BOTH.fullmatch(text) and not negated:
            draft.ors = [[f"{name} = 0" for name in self._names]]
        elif (quantified and text.strip() in ("", *self._names)) or _ANY_REAL.fullmatch(text):
            draft.always = True
        else:
            draft.ors = [[f"unless {text}" if negated else text]]

    def _next(self) -> _Draft:
        self._drafts.append(_Draft())
        return self._drafts[-1]

    def _is_condition(self, piece: str) -> bool:
        if _ANY_REAL.fullmatch(piece):
            return self._unknown not in piece
        try:
            found = self._relations(piece)
        except ParseError:
            return False
        free = frozenset().union(*(free_names(e.lhs) | free_names(e.rhs) for e in found))
        return bool(free) and free.issubset(self._names)

    def _relations(self, text: str) -> list[Relation]:
        for pattern, sign in _WORDED:
            text = pattern.sub(sign, text)
        return relations_of(text.strip().rstrip("."), {self._unknown, *self._names, *self._values})

    def _case(self, draft: _Draft) -> Case:
        if not draft.claims:
            raise AnswerError(Reason.WRONG_KIND, "A condition without an answer for it.")
        claim = self._claim(" or ".join(draft.claims))
        if draft.otherwise:
            return Case(claim, ())
        if draft.always or not draft.ors:
            return Case(claim, None)
        ors = [[each for text in ands for each in self._condition(text)] for ands in draft.ors]
        return Case(claim, tuple(tuple(ands) for ands in ors))

    def _condition(self, text: str) -> list[Relation]:
        if _ANY_REAL.fullmatch(text):
            return []
        negated = text.startswith("unless ")
        found = self._relations(text.removeprefix("unless "))
        for each in found:
            others = (free_names(each.lhs) | free_names(each.rhs)) - {*self._names, *self._values}
            if others:
                shown = ", ".join(sorted(others))
                raise AnswerError(Reason.WRONG_KIND, f"A condition has {shown} in it.")
            if any(isinstance(p, PlusMinus) for p in subexpressions(Add((each.lhs, each.rhs)))):
                raise ParseError("± in a condition")
        if not negated:
            return found
        if len(found) != 1 or found[0].op != "=":
            raise ParseError("unless without one equation")
        return [Relation("!=", found[0].lhs, found[0].rhs)]

    def _claim(self, text: str) -> Claim:
        text = _IS_SOLUTION.sub("", text)
        phrase = read_phrase(text, self._unknown)
        if phrase is not None:
            if phrase.kind == "no solution":
                return Claim()
            if phrase.kind == "infinitely many":
                if self._ask is Ask.COUNT:
                    return Claim(infinite=True)
                raise AnswerError(Reason.WRONG_KIND, '"Infinitely many" does not say which.')
            if phrase.link == "with":
                text = phrase.rest
            else:
                values = self._values_in(phrase.rest) if phrase.rest else Claim()
                return Claim(values.values, all_but=True)
        if self._ask is Ask.COUNT:
            number = parse_answer(text, self._unknown, Ask.COUNT, self._values).number
            if number is None or number.rational is None:
                raise AnswerError(Reason.WRONG_KIND, "The number of solutions is a whole number.")
            return Claim((Num(number.rational),))
        for pattern in (LEAD_IN, _LABEL) if self._ask is not Ask.SOLUTIONS else (LEAD_IN,):
            lead_in = pattern.match(text)
            text = text[lead_in.end() :] if lead_in else text
        claim = self._values_in(text)
        if self._ask is not Ask.SOLUTIONS and (claim.all_but or len(claim.values) != 1):
            raise AnswerError(Reason.WRONG_KIND, f"One number is asked for ({self._ask}).")
        return claim

    def _values_in(self, text: str) -> Claim:
        return ClaimParser(text, self._unknown, self._names, self._values).claim()
