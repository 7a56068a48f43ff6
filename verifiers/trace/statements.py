"""Stretches of mathematics -> what each states: an equation, a candidate, a check, ..."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifiers.algebra.exact import Real
from verifiers.extract import boxes
from verifiers.guard import guarded
from verifiers.read_set import parse_set
from verifiers.read_value import AnswerError
from verifiers.solve.kernels import number_expr
from verifiers.syntax.ast import Expr, Operator, Sym
from verifiers.syntax.errors import OverBudgetError, ParseError
from verifiers.syntax.walk import free_names, substitute
from verifiers.trace.formulas import RELATION, chain_of, evaluated, joined, numbers_of
from verifiers.trace.records import ClaimKind
from verifiers.trace.spans import Span, read_spans
from verifiers.trace.words import NOTHING, Mood, joins, mood, names_solutions

_SET = re.compile(r"∈|\\in(?![A-Za-z])|=\s*\\?\{")
_DISCRIMINANT = ("D", "Delta", "Δ")
_CHECKED = re.compile(r"(?:re-?|double-?)?(?:check|test|verify|try)(?:ing|ed)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """``sides[0] operators[0] sides[1] ...`` as it stands at ``start:end``.

    ``values``: the numbers it is about; ``group`` is shared by candidates that are listed together.
    ``box`` is the content of a conclusion, ``name`` what a number is called: D of ``D = 9 - 8``.
    ``mood`` is never ``SUPPOSED``.
    """

    kind: ClaimKind
    start: int
    end: int
    line: int
    group: int
    mood: Mood = Mood.CLAIMED
    sides: tuple[Expr, ...] = ()
    operators: tuple[Operator, ...] = ()
    values: tuple[Real, ...] = ()
    box: str | None = None
    name: str = ""


def read_statements(
    completion: str, unknown: str, parameters: Mapping[str, Real] | None = None
) -> tuple[Statement, ...]:
    """What a completion states, in its order; suppositions and what does not parse are left out.

    ``parameters`` are put in where their names stand.
    """
    reader = _Reader(completion, unknown, parameters or {})
    found = [*reader.formulas(), *reader.conclusions(), *reader.phrases()]
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
        if span.label.startswith(("check", "verif", "test")):
            self._label_subject(span)
        if not RELATION.search(span.text):
            if names_solutions(span.lead):
                yield from self._candidate(span, numbers_of(span.text), how)
            elif _CHECKED.search(span.lead):
                self._put_back(numbers_of(span.text), span)
            return
        if self._is_of_unknown(span.text) and _SET.search(span.text):
            yield from self._candidate(span, self._set(span.text), how)
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
            if how is not Mood.SUPPOSED:
                yield self._statement(ClaimKind.EXCLUSION, span, how, sides, operators)
        elif (values := self._values(sides)) is not None:
            yield from self._candidate(span, values, how, sides=sides, operators=operators)
        elif how is not Mood.SUPPOSED:
            self.subject = None
            yield self._statement(ClaimKind.EQUATION, span, how, sides, operators)

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
        if how is Mood.SUPPOSED and self.subject is None:
            return
        if self.subject is not None and span.sentence - self.subject_sentence <= 2:
            yield self._statement(
                ClaimKind.SUBSTITUTION, span, Mood.CLAIMED, sides, operators, (self.subject,)
            )
        else:
            yield self._statement(ClaimKind.ARITHMETIC, span, Mood.CLAIMED, sides, operators)

    def _auxiliary(
        self, span: Span, sides: tuple[Expr, ...], operators: tuple[Operator, ...], how: Mood
    ) -> Iterator[Statement]:
        """``D = 25 - 24 = 1``: of other names, only the arithmetic that follows."""
        is_number = len(sides) > 2 and not any(free_names(side) for side in sides[1:])
        if is_number and how is not Mood.SUPPOSED:
            found = self._statement(ClaimKind.ARITHMETIC, span, how, sides[1:], operators[1:])
            named = sides[0].name if isinstance(sides[0], Sym) else ""
            yield replace(found, name="D" if named in _DISCRIMINANT else named)

    def conclusions(self) -> Iterator[Statement]:
        for box in boxes(self.completion):
            if box.content is not None:
                line = self.completion.count("\n", 0, box.start)
                self.group += 1
                yield Statement(
                    kind=ClaimKind.CONCLUSION, start=box.start, end=box.end, line=line,
                    group=self.group, box=box.content,
                )  # fmt: skip

    def phrases(self) -> Iterator[Statement]:
        """ "No real solutions" outside the boxes: a candidate without values."""
        for match in NOTHING.finditer(
            self.completion[: self.spans[-1].end + 200 if self.spans else 2000]
        ):
            start = match.start()
            if any(low <= start < high for low, high in self.closed):
                continue
            begin = max(self.completion.rfind(mark, 0, start) for mark in (".", "\n", ";")) + 1
            if mood(self.completion[begin:start], "", "") is Mood.SUPPOSED:
                continue
            self.group += 1
            yield Statement(
                kind=ClaimKind.CANDIDATE, start=start, end=match.end(),
                line=self.completion.count("\n", 0, start), group=self.group,
            )  # fmt: skip

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
            sides=sides, operators=operators, values=values,
        )  # fmt: skip

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

    def _set(self, text: str) -> tuple[Real, ...] | None:
        try:
            return guarded(text, lambda: parse_set(text, self.unknown, {})).points
        except (AnswerError, ParseError, OverBudgetError):
            return None
