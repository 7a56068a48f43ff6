"""Text (plain, LaTeX or unicode) -> tokens, in time linear in the text; nothing is evaluated."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from verifiers.syntax.errors import (
    MAX_CHARACTERS,
    MAX_DIGITS,
    MAX_TOKENS,
    OverBudgetError,
    ParseError,
    UnsupportedSyntaxError,
)
from verifiers.syntax.words import (
    COMMANDS,
    FUNCTION_COMMANDS,
    GREEK,
    GREEK_NAMES,
    SIGNS,
    SPACING_COMMANDS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TEXT_COMMANDS,
    UNSUPPORTED_COMMANDS,
    VULGAR_FRACTIONS,
)


class Token(NamedTuple):
    """``kind`` is the token itself for punctuation; else number, word, super, sub or a name below.

    ``start`` and ``end`` are character offsets: ``x2`` and ``x 2`` differ.
    """

    kind: str
    value: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""
    (?P<space>(?:[ \t\r\n\u00a0\u2009\u202f~$]|\\[,;:!\ ()\[\]])+)
  | (?P<repeating>[0-9]*\.[0-9]*\\(?:overline|bar)\s*(?:\{\s*[0-9]+\s*\}|[0-9]))
  | (?P<number>[0-9]+(?:\{,\}[0-9]{3})*(?:\.[0-9]+)?|\.[0-9]+)
  | (?P<word>[A-Za-z]+)
  | \\left\s*(?:\||\\l?vert)(?P<left_bar>)
  | \\right\s*(?:\||\\r?vert)(?P<right_bar>)
  | \\mathbb\s*(?:\{\s*R\s*\}|R)(?P<reals>)
  | \\mathbb\s*(?:\{\s*Z\s*\}|Z)(?P<integers>)
  | \\[dtc]?frac\s*(?P<short_fraction>[0-9]\s*[0-9])
  | \\(?P<command>[A-Za-z]+|[{}|%])
  | (?P<symbol>\*\*|<=|>=|!=|==|=<|=>|\+/-|[-+*/^_=<>(){}\[\]|,;:.±%])
  | (?P<super>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)
  | (?P<sub>[₀-₉]+)
  | (?P<other>[^\\]|\\)
    """,
    re.VERBOSE,
)
_OPENING_BRACE = re.compile(r"\s*\{")


def tokenize(text: str) -> list[Token]:
    """Tokens of ``text``, closed by one of kind ``"end"``.

    Raises ``ParseError`` for a character outside the grammar, ``OverBudgetError`` for a text that
    is too long, and ``UnsupportedSyntaxError`` for functions that the grammar does not cover.
    """
    if len(text) > MAX_CHARACTERS:
        raise OverBudgetError(f"{len(text)} characters; at most {MAX_CHARACTERS} are read")
    tokens: list[Token] = []
    dropped: list[bool] = []  # for each open brace: is it that of a \text command?
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None
        assert match.lastgroup is not None
        group, start, position = match.lastgroup, position, match.end()
        if group == "space":
            continue
        value = match[group]
        if group == "command" and value in TEXT_COMMANDS:
            if brace := _OPENING_BRACE.match(text, position):
                position = brace.end()
                dropped.append(True)
            continue
        if group == "symbol" and value == "{":
            dropped.append(False)
        if group == "symbol" and value == "}" and dropped and dropped.pop():
            continue
        if group in ("number", "repeating", "super", "sub") and len(value) > MAX_DIGITS:
            raise OverBudgetError(f"a number of more than {MAX_DIGITS} digits", start)
        tokens.extend(_tokens_of(group, value, start, position))
        if len(tokens) > MAX_TOKENS:
            raise OverBudgetError(f"more than {MAX_TOKENS} symbols", start)
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _tokens_of(group: str, value: str, start: int, end: int) -> list[Token]:
    match group:
        case "number":
            return [Token("number", value.replace("{,}", ""), start, end)]
        case "repeating":
            return [Token("number", _repeating(value), start, end)]
        case "word":
            return [Token("word", value, start, end)]
        case "symbol":
            return [Token(SIGNS.get(value, value), value, start, end)]
        case "left_bar":
            return [Token("abs(", "|", start, end)]
        case "right_bar":
            return [Token(")abs", "|", start, end)]
        case "reals" | "integers":
            return [Token(group, value, start, end)]
        case "short_fraction":
            digits = [Token("number", digit, end, end) for digit in value if digit.isdecimal()]
            return [Token("frac", "\\frac", start, end), *digits]
        case "super":
            return [Token("super", value.translate(SUPERSCRIPTS), start, end)]
        case "sub":
            return [Token("sub", value.translate(SUBSCRIPTS), start, end)]
        case "command":
            return _command(value, start, end)
    return [_single_character(value, start, end)]


def _repeating(value: str) -> str:
    """``1/6`` for ``0.1\\overline{6}``: 90 times the number is 100 times less 10 times it."""
    digits, _, period = value.partition("\\")
    whole, _, fixed = digits.partition(".")
    period = "".join(filter(str.isdecimal, period))
    above = int(f"0{whole}{fixed}{period}") - int(f"0{whole}{fixed}")
    return str(Fraction(above, (10 ** len(period) - 1) * 10 ** len(fixed)))


def _command(name: str, start: int, end: int) -> list[Token]:
    if name in SPACING_COMMANDS:
        return []
    if name in "{}|":
        return [Token("|" if name == "|" else "\\" + name, name, start, end)]
    if name == "%":
        return [Token("%", name, start, end)]
    if name in FUNCTION_COMMANDS:
        return [Token("word", name, start, end)]
    if name in COMMANDS:
        return [Token(COMMANDS[name], name, start, end)]
    if name in GREEK_NAMES:
        return [Token("word", name, start, end)]
    if name in ("varepsilon", "varphi", "vartheta"):
        return [Token("word", name[3:], start, end)]
    if name in UNSUPPORTED_COMMANDS:
        raise UnsupportedSyntaxError(f"\\{name} is not supported", start)
    raise ParseError(f"the command \\{name[:20]} is not in the grammar", start)


def _single_character(value: str, start: int, end: int) -> Token:
    if value in GREEK:
        return Token("word", GREEK[value], start, end)
    if value in VULGAR_FRACTIONS:
        return Token("vulgar", value, start, end)
    if value in SIGNS:
        return Token(SIGNS[value], value, start, end)
    if value == "π":
        return Token("word", "pi", start, start + 1)
    raise ParseError(f"the character {value!a} is not in the grammar", start)
