"""A completion as stretches of mathematics between words, each with where it stands.

LaTeX delimiters, arrows, sentence marks and line ends cut; so do words. What is left over, digits,
single letters, operators, brackets and commands, is mathematics whether it stands in ``$...$`` or
in plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_TEXT = 40_000  # characters of a completion that are read
MAX_SPAN = 400  # characters of a stretch; a longer one is no claim
MAX_SPANS = 600
_FUNCTIONS = frozenset(
    ["sqrt", "cbrt", "abs", "exp", "ln", "log", "sin", "cos", "tan", "cot", "sec", "csc"]
)
_TOKEN = re.compile(
    r"(?P<cut>\\begin\{[a-z]+\*?\}|\\end\{[a-z]+\*?\}|\\[\[\]()]|\$\$?|\\\\|\\boxed"
    r"|⇒|⟹|→|⟺|⇔|∴|-->|==>|=>|->|\\(?:implies|iff|therefore|to|q?quad|[Ll]ongrightarrow"
    r"|(?:Left|Long|Longleft)?[Rr]ightarrow)(?![A-Za-z]))"
    r"|(?P<words>\\(?:text|mathrm|textbf|textit|mbox)\s*\{[^{}]*\})"
    r"|(?P<math>\\(?:[A-Za-z]+|[,;:! {}|])|!=|\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-zÀ-ž]{2,}(?:['’][a-z]+)?)"
    r"|(?P<letter>[A-Za-zΑ-ω])"
    r"|(?P<stop>[.?!;](?=[\s*\"')$\\]|$)|[,:](?=[\s*$\\]|$)|\n)"
    r"|(?P<sign>[-+*/^=<>≤≥≠⩽⩾(){}\[\]|√∛±∓·×÷_&−–²³⁴½¼¾π∞∪∈'])"
    r"|(?P<blank>[ \t\r])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_ASIDE = re.compile(r"\([^()\n]{0,60}?(?:[=<>≤≥≠]|\\(?:neq?|[lg]eq?)(?![A-Za-z]))[^()\n]{0,60}\)")
_LABEL = re.compile(r"[ \t*#>-]*([A-Za-z][^:=<>≤≥≠|$\\\n]{0,40}):(?=\s)")
_ROW = re.compile(r"[ \t]*\|(?=[ \t]).*[ \t]\|\s*$")  # of a Markdown table
_LIST_MARK = re.compile(r"(?:\d{1,2}[.)]|[-*•])[ \t]+")
_DISPLAY = re.compile(r"\s*(?:\\\[|\$\$|\\begin)")


@dataclass(frozen=True, slots=True)
class Span:
    """``completion[start:end]`` is ``text``, a stretch of mathematics.

    ``lead`` and ``tail`` are the words between it and its neighbours in the sentence; ``before``
    is the whole sentence up to it. ``label`` is what stands before a colon at the line's start, in
    lower case ("check 2").
    """

    start: int
    end: int
    text: str
    line: int
    sentence: int
    lead: str
    tail: str
    before: str
    label: str


def read_spans(completion: str, names: frozenset[str]) -> tuple[Span, ...]:
    """The stretches in their order, of at most ``MAX_TEXT`` characters; ``names`` are letters or
    words that stand for numbers."""
    text = completion[:MAX_TEXT]
    runs = list(_runs(text, names))[:MAX_SPANS]
    spans = []
    line, at = 0, 0
    for index, (start, end, sentence, begin, close) in enumerate(runs):
        line += text.count("\n", at, start)
        at = start
        line_start = text.rfind("\n", 0, start) + 1
        label = _LABEL.match(text, line_start)
        is_labelled = label is not None and label.end() <= start
        previous = runs[index - 1] if index else None
        following = runs[index + 1] if index + 1 < len(runs) else None
        lead_from = max(begin, previous[1]) if previous and previous[2] == sentence else begin
        tail_to = min(close, following[0]) if following and following[2] == sentence else close
        spans.append(
            Span(
                start=start,
                end=end,
                text=text[start:end],
                line=line,
                sentence=sentence,
                lead=text[lead_from:start],
                tail=text[end:tail_to],
                before=text[begin:start],
                label=label.group(1).strip(" *#").lower() if label and is_labelled else "",
            )
        )
    return tuple(spans)


_Run = tuple[int, int, int, int, int]  # start, end, sentence, where the sentence begins and ends


def _runs(text: str, names: frozenset[str]) -> Iterator[_Run]:
    sentences = list(_sentences(text))
    for number, (begin, close) in enumerate(sentences):
        mark = _LIST_MARK.match(text, begin)
        for start, end in _mathematics(text, mark.end() if mark else begin, close, names):
            start, end = _trimmed(text, start, end, names)
            part = text[start:end]
            is_word = len(part) == 1 and part.isalpha() and part not in names  # "a", "I"
            if len(part) <= MAX_SPAN and any(map(str.isalnum, part)) and not is_word:
                yield start, end, number, begin, close


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """A sentence ends at ``.``, ``?``, ``!``, ``;`` and at a line's end, unless what follows is
    a displayed formula that the line leads to."""
    begin = 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "stop" or match.group() in ",:":
            continue
        if match.group() == "\n":
            led = text[begin : match.start()].rstrip()[-1:]
            if (led.isalpha() or led in (",", ":")) and _DISPLAY.match(text, match.end()):
                continue
        yield begin, match.end()
        begin = match.end()
    yield begin, len(text)


def _mathematics(
    text: str, begin: int, close: int, names: frozenset[str]
) -> Iterator[tuple[int, int]]:
    start = None
    end = begin
    is_row = _ROW.match(text, begin, close) is not None
    closing = -1  # where a relation in brackets ends: "(x ≠ 0)"
    for match in _TOKEN.finditer(text, begin, close):
        kind, token = match.lastgroup, match.group()
        if kind == "blank":
            continue
        if token == "(" and (aside := _ASIDE.match(text, match.start(), close)):
            closing, kind = aside.end() - 1, "cut"
        if match.start() == closing or (is_row and token == "|"):
            kind = "cut"
        if kind in ("math", "letter", "sign") or (
            kind == "word" and (token in _FUNCTIONS or token in names or set(token) <= names)
        ):
            start = match.start() if start is None else start
            end = match.end()
        elif start is not None:
            yield start, end
            start = None
    if start is not None:
        yield start, end


def _trimmed(text: str, start: int, end: int, names: frozenset[str]) -> tuple[int, int]:
    """Without the marks of emphasis, articles and brackets that belong to the sentence."""
    while True:
        part = text[start:end]
        if part[:1] in ("*", "'", "_", " ", "&", "–") or (part[:1] == "-" and part[1:2] == " "):
            start += 1
        elif part[-1:] in ("*", "'", "_", " ", "&", "-", "–", "+") or _closes_nothing(part):
            end -= 1
        elif _opens_nothing(part):
            start += 1
        elif part[:1] in ("a", "A", "I") and part[:1] not in names and part[1:2] == " ":
            start += 2
        elif part[-1:] in ("a", "I") and part[-1:] not in names and part[-2:-1] == " ":
            end -= 2
        else:
            return start, end
        if start >= end:
            return end, end


def _opens_nothing(part: str) -> bool:
    return part[:1] in ("(", "[", "{") and sum(map(part.count, "([{")) > sum(map(part.count, ")]}"))


def _closes_nothing(part: str) -> bool:
    return part[-1:] in (")", "]", "}") and sum(map(part.count, ")]}")) > sum(
        map(part.count, "([{")
    )
