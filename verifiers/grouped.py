"""Numbers written in groups of three digits: ``1,234`` is a list or 1234, ``1,\\!234`` is 1234."""

from __future__ import annotations

import re

_COMMA = r"(?:,(?:\\!)?|\\!,|\{,\}|\\,)"
_GROUPED = re.compile(
    r"(?P<before>(?:[A-Za-z](?:_\w)?\s*=\s*)?(?:[-+−–]\s*)?)"
    rf"(?P<number>[1-9][0-9]{{0,2}}(?:{_COMMA}[0-9]{{3}})+)(?P<after>(?:\.[0-9]+)?)\.?"
)
_SEPARATOR = re.compile(r"[^0-9]+")


def readings(text: str) -> tuple[str, ...]:
    """``("x = 1234", "x = 1,234")`` for the latter: what it says as one number, and as a list.

    The text alone where the whole of it is not one number in groups of digits.
    """
    found = _GROUPED.fullmatch(text.strip().strip("$").strip())
    if found is None:
        return (text,)
    number = _SEPARATOR.sub("", found["number"])
    return found["before"] + number + found["after"], text
