"""Stretches of mathematics -> what each states: an equation, a candidate, a check, ..."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from verifiers.algebra.exact import Real
from verifiers.extract import boxes
from verifiers.solve.kernels import number_expr
from verifiers.syntax.ast import Expr, Operator, Sym
from verifiers.syntax.walk import free_names, substitute
from verifiers.trace.conclusions import conclusions
from verifiers.trace.formulas import RELATION, chain_of, evaluated, joined, numbers_of, set_of
from verifiers.trace.records import ClaimKind
from verifiers.trace.restrictions import (
    FORBIDS,
    NAMES_DISCRIMINANT,
    RESTRICTS,
    is_discriminant,
)
from verifiers.trace.spans import Span, read_spans
from verifiers.trace.statement import Statement
from verifiers.trace.words import CHECKING, Mood, joins, mood, names_solutions

_SET = re.compile(r"∈|\\in(?![A-Za-z])|=\s*\\?\{")
_DISCRIMINANT = ("D", "Delta", "Δ")
_CHECKED = re.compile(r"(?:re-?|double-?)?(?:check|test|verify|try)(?:ing|ed)?\b", re.IGNORECASE)
_HEADS = re.compile(r"[\s$)*\\]*:")


def read_statements(
    completion: str, unknown: str, parameters: Mapping[str, Real] | None = None
) -> tuple[Statement, ...]:
    """What a completion states, in its order; suppositions and what does not parse are left out.

    ``parameters`` are put in where their names stand.
    """
    reader = _Reader(completion, unknown, parameters or {})
    found = [*reader.formulas()]
    end = reader.spans[-1].end if reader.spans else 0
    found += conclusions(completion, reader.group, end)
    return tuple(sorted(found, key=lambda each: (each.start, each.end)))


class _Reader:
    def __init__(self, completion: str, unknown: str, parameters: Mapping[str, Real]) -> None:
        self.completion = completion
        self.unknown = unknown
        self.names = frozenset(parameters) | {unknown}
        self.parameters = {name: number_expr(value) for name, value in parameters.items()}
        self.spans = read_spans(completion, self.names)
        self.closed = [(box.start, box.end) for box in boxes(completion)]
        self.subject: Real | None = None  # the number that is being put back
        self.subject_sentence = -1
        self.group = 0
        self.claimed: list[Real] = []
        self.barred: tuple[Expr, Span] | None = None  # what "x ≠ 0" is about
        self.listed: Span | None = None  # the candidate that the next value may stand beside

    def formulas(self) -> Iterator[Statement]:
        previous: Span | None = None
        for span in self.spans:
            if any(start <= span.start < end for start, end in self.closed):
                continue
            yield from self._read(span, previous)
            previous = span

    def _read(self, span: Span, previous: Span | None) -> Iterator[Statement]:
        how = mood(span.before, span.lead, span.tail)
        if self._continues_list(span):
            yield from self._candidate(span, numbers_of(span.text), how, is_new=False)
            return
        self.listed = None
        if (others := self._restriction(span, previous)) is not None:
            yield others
            return
        if span.label.startswith(("check", "verif", "test")):
            self._label_subject(span)
        if not RELATION.search(span.text):
            if names_solutions(span.lead):
                yield from self._candidate(span, numbers_of(span.text), how)
            elif _CHECKED.search(span.lead):
                self._put_back(numbers_of(span.text), span)
            return
        if self._is_of_unknown(span.text) and _SET.search(span.text):
            yield from self._candidate(span, set_of(span.text, self.unknown), how)
            return
        chain = chain_of(joined(span, previous, self.completion), self.names)
        if chain is not None:
            sides, operators = chain
            if self.parameters:
                sides = tuple(substitute(side, self.parameters) for side in sides)
            yield from self._relation(span, how, sides, operators)

    def _relation(
        self, span: Span, how: Mood, sides: tuple[Expr, ...], operators: tuple[Operator, ...]
    ) -> Iterator[Statement]:
        used = frozenset().union(*map(free_names, sides))
        others = {name for name in used if not self._is_unknown(name)} - self.names
        if others:
            yield from self._auxiliary(span, sides, operators, how)
        elif not any(map(self._is_unknown, used)):
            yield from self._numeric(span, sides, operators, how)
        elif set(operators) != {"="}:
            if how is not Mood.SUPPOSED or (operators == ("!=",) and RESTRICTS.search(span.lead)):
                self.barred = (sides[0], span)
                yield self._statement(ClaimKind.EXCLUSION, span, how, sides, operators)
        elif (values := self._values(sides)) is not None:
            yield from self._candidate(span, values, how, sides=sides, operators=operators)
        elif how is not Mood.SUPPOSED:
            yield self._statement(ClaimKind.EQUATION, span, how, sides, operators)
            if not any(free_names(side) == frozenset() for side in sides):
                self.subject = None

    def _restriction(self, span: Span, previous: Span | None) -> Statement | None:
        """``-2`` of "x ≠ 0, -2", and of "x can't be -2"."""
        if previous is None or previous.sentence != span.sentence or RELATION.search(span.text):
            return None
        value = numbers_of(span.text)
        if value is None or len(value) != 1:
            return None
        subject: Expr | None = None
        if self.barred is not None and self.barred[1] == previous and joins(span.lead):
            subject = self.barred[0]
        elif FORBIDS.fullmatch(span.lead) and previous.text.strip(" {}") == self.unknown:
            subject = Sym(self.unknown)
        if subject is None:
            return None
        self.barred = (subject, span)
        sides = (subject, number_expr(value[0]))
        return self._statement(ClaimKind.EXCLUSION, span, Mood.CLAIMED, sides, ("!=",))

    # The kinds

    def _candidate(
        self,
        span: Span,
        values: tuple[Real, ...] | None,
        how: Mood,
        *,
        is_new: bool = True,
        sides: tuple[Expr, ...] = (),
        operators: tuple[Operator, ...] = (),
    ) -> Iterator[Statement]:
        if values is None:
            return
        if how is Mood.SUPPOSED or (sides and _CHECKED.search(span.label)):
            self._put_back(values, span)
            return
        if len(values) == 1 and values[0] in self.claimed and _HEADS.match(span.tail):
            self._put_back(values, span)  # "x = 3: √9 = 3", said before
            return
        self.claimed += values
        if len(values) == 1 and _HEADS.match(span.tail):
            self._put_back(values, span)
        self.group += is_new
        self.listed = span
        if how is Mood.REJECTED:
            self._put_back(values, span)
            yield self._statement(ClaimKind.EXCLUSION, span, how, sides, operators, values)
            return
        yield self._statement(ClaimKind.CANDIDATE, span, how, sides, operators, values)

    def _numeric(
        self, span: Span, sides: tuple[Expr, ...], operators: tuple[Operator, ...], how: Mood
    ) -> Iterator[Statement]:
        is_check = CHECKING.search(span.before) is not None
        if how is Mood.SUPPOSED and self.subject is None and not is_check:
            return
        if NAMES_DISCRIMINANT.search(span.before) or NAMES_DISCRIMINANT.search(span.label + ":"):
            found = self._statement(ClaimKind.ARITHMETIC, span, Mood.CLAIMED, sides, operators)
            yield replace(found, name="D")
        elif (subject := self._subject(span)) is not None:
            yield self._statement(
                ClaimKind.SUBSTITUTION, span, Mood.CLAIMED, sides, operators, (subject,)
            )
        else:
            yield self._statement(ClaimKind.ARITHMETIC, span, Mood.CLAIMED, sides, operators)

    def _auxiliary(
        self, span: Span, sides: tuple[Expr, ...], operators: tuple[Operator, ...], how: Mood
    ) -> Iterator[Statement]:
        """``D = b^2 - 4ac = 25 - 24 = 1``: of other names, only the arithmetic that follows."""
        first = next((i for i, side in enumerate(sides) if not free_names(side)), len(sides))
        rest = sides[first:]
        if len(rest) < 2 or any(map(free_names, rest)):
            return
        named = sides[0].name if isinstance(sides[0], Sym) else ""
        name = "D" if named in _DISCRIMINANT or is_discriminant(sides[first - 1]) else named
        if how is not Mood.SUPPOSED or name == "D":  # "could use D = 9 - 8 = 1" computes it
            found = self._statement(ClaimKind.ARITHMETIC, span, how, rest, operators[first:])
            yield replace(found, name=name)

    # Helpers

    def _statement(
        self,
        kind: ClaimKind,
        span: Span,
        how: Mood,
        sides: tuple[Expr, ...] = (),
        operators: tuple[Operator, ...] = (),
        values: tuple[Real, ...] = (),
    ) -> Statement:
        return Statement(
            kind=kind, start=span.start, end=span.end, line=span.line, group=self.group, mood=how,
            sides=sides, operators=operators, values=values, subject=self._subject(span),
        )  # fmt: skip

    def _subject(self, span: Span) -> Real | None:
        return self.subject if span.sentence - self.subject_sentence <= 2 else None

    def _put_back(self, values: tuple[Real, ...] | None, span: Span) -> None:
        if values is not None and len(values) == 1:
            self.subject, self.subject_sentence = values[0], span.sentence

    def _label_subject(self, span: Span) -> None:
        text = span.label.split(" ", 1)[-1].removeprefix(f"{self.unknown} = ")
        values = numbers_of(text)
        if values is not None:
            self._put_back(values, span)

    def _continues_list(self, span: Span) -> bool:
        return (
            self.listed is not None
            and self.listed.sentence == span.sentence
            and not RELATION.search(span.text)
            and joins(span.lead)
            and numbers_of(span.text) is not None
        )

    def _is_unknown(self, name: str) -> bool:
        return name == self.unknown or name.split("_")[0] == self.unknown

    def _is_of_unknown(self, text: str) -> bool:
        return text.lstrip("({ $").startswith(self.unknown)

    def _values(self, sides: Sequence[Expr]) -> tuple[Real, ...] | None:
        """The numbers, where the first or last side is the bare unknown and the rest have none."""
        for subject, rest in ((sides[0], sides[1:]), (sides[-1], sides[:-1])):
            is_bare = isinstance(subject, Sym) and self._is_unknown(subject.name)
            if is_bare and not any(free_names(side) for side in rest):
                return evaluated(rest[-1])
        return None
