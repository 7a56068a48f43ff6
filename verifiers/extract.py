"""A completion -> the text of its final answer.

The answer is the content of the last ``\\boxed{...}`` after the thinking section. Nothing else in
the text is ever taken for it. An earlier box with another content must have been withdrawn: a word
of correction ("wait", "mistake", "fails", ...) stands between the two. Only one box is graded, so
that writing several gains nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from verifiers.types import Reason

_BRACE = re.compile(r"\\boxed\s*\{|\\.|[{}]", re.DOTALL)
_CORRECTION = re.compile(
    r"\b(?:wait|hold on|sorry|oops|actually|instead|correct(?:ion|ed|ing)?|mistakes?|errors?|wrong|"
    r"incorrect|(?:re|double-)?check(?:ing)?|fails?|invalid|extraneous|reject(?:ed|ing)?|"
    r"discard(?:ed|ing)?|excluded?|revis(?:e|ed|ing)|scratch that|not a solution|does not hold)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """``text`` is the final answer; where it is None, ``reason`` and ``message`` say why."""

    text: str | None
    reason: Reason | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """``\\boxed{...}`` at ``start:end`` of a text."""

    start: int
    end: int
    content: str | None  # None: never closed


def extract_answer(completion: str) -> Extraction:
    """The one final answer of a completion, in time linear in its length."""
    text = _after_thinking(completion)
    found = list(boxes(text))
    if not found:
        return Extraction(None, Reason.NO_ANSWER, "There is no \\boxed{...} in the completion.")
    last = found[-1]
    if last.content is None:
        return Extraction(None, Reason.NO_ANSWER, "The last \\boxed{ is never closed.")
    if not last.content.strip():
        return Extraction(None, Reason.NO_ANSWER, "The \\boxed{} is empty.")
    for earlier, later in pairwise(found):
        between = text[earlier.end : later.start]
        if not _same(earlier, later) and not _CORRECTION.search(between):
            return Extraction(
                None,
                Reason.SEVERAL_ANSWERS,
                "Two different boxes, and nothing between them withdraws the first.",
            )
    return Extraction(last.content)


def _after_thinking(completion: str) -> str:
    """What follows the last ``</think>``; nothing, if a thinking section is left open."""
    text = completion.rpartition("</think>")[2]
    return "" if "<think>" in text else text


def boxes(text: str) -> Iterator[Box]:
    """The outermost boxes, in order."""
    depth = 0
    start = content_start = -1
    for match in _BRACE.finditer(text):
        token = match.group()
        if start < 0:
            if token.startswith("\\boxed"):
                start, content_start, depth = match.start(), match.end(), 1
            continue
        if token.endswith("{") and token != "\\{":
            depth += 1
        elif token == "}":
            depth -= 1
        if depth == 0:
            yield Box(start, match.end(), text[content_start : match.start()])
            start = -1
    if start >= 0:
        yield Box(start, len(text), None)


def _same(left: Box, right: Box) -> bool:
    return "".join((left.content or "").split()) == "".join((right.content or "").split())
