"""The text of an answer by cases -> its pieces, and how they are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifiers.phrases import unwrapped

_ROWS = re.compile(r"\\begin\s*\{d?cases\}|\\end\s*\{d?cases\}|\\left\s*\\\{|\\right\s*\.")
_CUT = re.compile(
    r"(?P<open>\\?[({\[])|(?P<close>\\?[)}\]])|(?P<cut>[,;]\s*(?:and\b|or\b|but\b)?"
    r"|\b(?:and|or|but|while)\b|\\(?:lor|land|vee|wedge)\b|[∧∨])"
)
_ARROW = re.compile(r"⇒|⟹|\\Rightarrow\b|\\implies\b")
_SUBJECT = re.compile(
    r"(?<!of )(?<!of the )\b(?:the )?(?:only |unique |real )*solutions? (?:is|are)\b:?"
)


def one_line(text: str) -> str:
    """One line, cases with "if" between what is claimed and its condition."""
    plain = unwrapped(text).replace("$", " ").replace("\n", ";")
    plain = " ".join(plain.split())  # the patterns below are linear in single spaces
    plain = re.sub(r"&\s*(?=if\b|when\b|for\b|otherwise\b|else\b|where\b)", " ", plain)
    plain = _ROWS.sub(" ", plain).replace("\\\\", ";")
    plain = re.sub(r",?\s*&", " if ", plain)
    plain = re.sub(r"\.\s+(?=[A-Z])", "; ", plain)
    plain = _with_if(plain)
    plain = re.sub(r"\bthen\b|:", ",", _SUBJECT.sub(",", plain))
    plain = re.sub(r"\(([^()]*(?:[≠<>=]|\\neq?\b|\\[lg]eq?\b)[^()]*)\)", r", \1", plain)
    return re.sub(r"\b(If|When|For|Otherwise|Else|Where|Unless|Given|Assuming|Provided)\b",
                  lambda match: match[0].lower(), plain)  # fmt: skip


def _with_if(text: str) -> str:
    """``a = 0 ⇒ x = 1`` as ``if a = 0, x = 1``; the condition starts at the last ``;`` or ``,``."""
    parts = _ARROW.split(text)
    cut = ";" if ";" in text else ","
    for index, part in enumerate(parts[:-1]):
        head, sign, tail = part.rpartition(cut)
        parts[index] = f"{head}{sign} if {tail.strip()}, "
    return "".join(parts)


def pieces_of(text: str) -> Iterator[tuple[str, str]]:
    """The connector before each piece (``,`` ``;`` ``or`` ``and``), and the piece."""
    depth, start, connector = 0, 0, ","
    for match in _CUT.finditer(text):
        depth += (match["open"] is not None) - (match["close"] is not None)
        if match["cut"] and depth <= 0:
            if text[start : match.start()].strip(" .~"):
                yield connector, text[start : match.start()].strip()
                connector = ","
            start = match.end()
            connector = _kind(match["cut"], connector)
    if text[start:].strip(" .~"):
        yield connector, text[start:].strip()


def _kind(cut: str, before: str) -> str:
    if before == ";" or cut.startswith(";"):
        return ";"
    if cut.endswith(("or", "vee", "∨")):
        return "or"
    return "and" if cut.endswith(("and", "wedge", "∧")) else ","
