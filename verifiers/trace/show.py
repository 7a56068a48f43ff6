"""A checked trace for a person: the completion with marks under what it claims."""

from __future__ import annotations

from collections.abc import Iterator

from verifiers.trace.records import Claim, ClaimKind, Trace, Truth

_MARKS = {Truth.TRUE: "^", Truth.FALSE: "x", Truth.UNDECIDED: "?"}
_COLOURS = {"^": "\x1b[32m", "x": "\x1b[31m", "?": "\x1b[33m", "~": "\x1b[36m"}
_PLAIN = "\x1b[0m"
LEGEND = "^ true, x false, ? undecided, ~ rightly shut out or put back"


def render(trace: Trace, completion: str, *, colour: bool = False) -> str:
    """Lines of text; under each line with claims their marks, and why the false ones are false."""
    lines = [LEGEND, ""]
    start = 0
    for number, text in enumerate(completion.split("\n")):
        end = start + len(text)
        lines.append("  " + _printable(text))
        claims = [claim for claim in trace.claims if start <= claim.start <= end]
        if claims:
            lines.append("  " + _marks(text, start, claims, colour))
            lines += [f"    line {number + 1}: {why}" for why in _reasons(trace, claims)]
        start = end + 1
    return "\n".join([*lines, "", *_summary(trace, completion)])


def _marks(text: str, start: int, claims: list[Claim], colour: bool) -> str:
    marks = [" "] * len(text)
    for claim in claims:
        for at in range(claim.start - start, min(claim.end - start, len(text))):
            marks[at] = _mark(claim)
    line = "".join(marks).rstrip()
    if not colour:
        return line
    return "".join(f"{_COLOURS[c]}{c}{_PLAIN}" if c in _COLOURS else c for c in line)


def _mark(claim: Claim) -> str:
    if claim.truth is Truth.TRUE and claim.kind in (ClaimKind.EXCLUSION, ClaimKind.SUBSTITUTION):
        return "~"
    return _MARKS[claim.truth]


def _reasons(trace: Trace, claims: list[Claim]) -> Iterator[str]:
    error = trace.first_error
    for claim in claims:
        is_first = error is not None and trace.claims[error.claim] is claim
        if claim.truth is Truth.FALSE or is_first:
            yield claim.evidence + (" <- the first wrong step" if is_first else "")


def _summary(trace: Trace, completion: str) -> Iterator[str]:
    verdict = trace.verdict
    yield f"verdict      {verdict.verdict} ({verdict.reason})"
    error = trace.first_error
    if error is None:
        yield "first error  none"
    else:
        claim = trace.claims[error.claim]
        roots = [f"{word} {', '.join(values)}" for word, values in
                 (("gained", error.gained), ("lost", error.lost)) if values]  # fmt: skip
        step = _printable(completion[claim.start : claim.end])
        yield f"first error  {step}: {error.cause}, roots {error.change}; {'; '.join(roots)}"
    yield f"answers      {trace.transition or 'none'}"
    if trace.correction is not None:
        wrong, right = (trace.claims[i] for i in (trace.correction.wrong, trace.correction.right))
        by = trace.correction.refuted_by
        how = "not refuted"
        if by is not None:
            how = "refuted by " + _text(completion, trace.claims[by])
        yield f"correction   {_text(completion, wrong)} -> {_text(completion, right)}, {how}"
    yield f"aha          {'verified' if trace.verified_aha else 'no'}"
    habits = trace.habits
    shown = [name for name in habits.__slots__ if getattr(habits, name)]
    yield f"habits       {', '.join(shown).replace('_', ' ') or 'none'}"


def _text(completion: str, claim: Claim) -> str:
    return repr(_printable(completion[claim.start : claim.end]))


def _printable(text: str) -> str:
    """Control characters spelled out: a model's must not steer the terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
