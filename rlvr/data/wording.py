"""The wording of a problem without its spelling: LaTeX, unicode and plain text as one."""

from __future__ import annotations

import re
import unicodedata

VARIABLE = "@"  # any name of one letter: renamed unknowns are no other problem
_SUPERSCRIPTS = str.maketrans({"²": "^2", "³": "^3", "¹": "^1", "⁰": "^0"})
_SYMBOLS = str.maketrans(
    {
        "−": "-", "–": " ", "—": " ", "×": " ", "·": " ", "⋅": " ", "∗": " ", "*": " ", "÷": "/",
        "≤": "<=", "≥": ">=", "≠": "!=", "√": " sqrt ", "π": " pi ", "∞": " infty ", "±": " pm ",
        "’": "'", "$": " ", "~": " ",
    }
)  # fmt: skip
# In this order: later ones meet what earlier ones leave.
_LATEX = [
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\\(?:left|right|[bB]igg?[lr]?)(?![a-zA-Z])\.?", ""),
        (r"\\(?:displaystyle|limits|quad|qquad|thinspace)(?![a-zA-Z])", " "),
        (r"\{,\}", ","),
        (r"\\[,;:!> \\]", " "),
        (r"\\[()\[\]]", " "),
        (
            r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|operatorname|mbox)\s*\{([^{}]*)\}",
            r" \1 ",
        ),
        (r"\\[dtc]frac(?![a-zA-Z])", r"\\frac"),
        (r"\\frac\s*(\d)\s*(\d)", r"\1/\2"),
        (r"\\(?:leqslant|leq|le)(?![a-zA-Z])", "<="),
        (r"\\(?:geqslant|geq|ge)(?![a-zA-Z])", ">="),
        (r"\\(?:neq|ne)(?![a-zA-Z])", "!="),
        (r"\\(?:cdot|times|ast)(?![a-zA-Z])", " "),
        (r"\\div(?![a-zA-Z])", "/"),
        (r"\\([%#&{}_])", r"\1"),
        (r"\\([a-zA-Z]+)", r" \1 "),
    )
]
_ROOT = re.compile(r"\bsqrt\s*\{([^{}]*)\}")
_FRACTION = re.compile(r"\bfrac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_POWER = re.compile(r"\^\s*\{([^{}]*)\}")
_ONE_PIECE = re.compile(r"\s*(?:\d+|[a-zA-Z]+|sqrt\s*\([^()]*\))\s*")
_REMARK = re.compile(r"\((?=\s*(?!sqrt|sin|cos|tan|log|ln|exp|pi)[a-zA-Z]{2})")
_HYPHEN = re.compile(r"(?<=[a-zA-Z0-9])-(?=[a-zA-Z]{2})")
_TOKEN = re.compile(r"\d+(?:,\d{3})+(?!\d)|\d*\.\d+|\d+|[a-z]+|<=|>=|!=|[-+/=<>^%(|]")
_OPERATORS = frozenset(("-", "+", "/", "=", "<", ">", "<=", ">=", "!=", "^", "%", "|", "pm"))
_COUNTING = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
# Not "one", which is more often a pronoun.
_NUMBERS = {word: str(number) for number, word in enumerate(_COUNTING, start=2)} | {
    "half": "1/2", "twice": "2", "double": "2", "third": "1/3", "triple": "3", "quarter": "1/4",
}  # fmt: skip
_ARTICLES = frozenset(("a", "an", "the"))


def tokens(text: str) -> tuple[str, ...]:
    """Words in small letters, numbers, operators; no articles, punctuation or multiplication signs.

    An opening bracket stays where it belongs to a formula, so that 2(x + 3) is not 2x + 3.
    """
    found: list[str] = []
    for token in _TOKEN.findall(_plain(text)):
        if token == "(":
            if found and (found[-1] in (VARIABLE, "(") or is_exact(found[-1])):
                found.append(token)
        elif token in _NUMBERS:
            found.append(_NUMBERS[token])
        elif len(token) == 1 and token.isalpha() and token != "a":
            found.append(VARIABLE)
        elif token not in _ARTICLES:
            found.append(token.replace(",", "") if token[0].isdigit() else token)
    return tuple(found)


def is_exact(token: str) -> bool:
    """Whether another one in its place would make another problem: a number or an operator."""
    return token in _OPERATORS or token == "(" or token[0].isdigit() or token[0] == "."


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS).replace("\\$", " "))
    text = text.translate(_SYMBOLS)
    for pattern, by in _LATEX:
        text = pattern.sub(by, text)
    text = _HYPHEN.sub(" ", text)
    while (shorter := _without_inner_braces(text)) != text:
        text = shorter
    return _REMARK.sub(" ", text).lower()


def _without_inner_braces(text: str) -> str:
    text = _POWER.sub(lambda found: "^" + _bracketed(found[1]), text)
    text = _ROOT.sub(r" sqrt(\1) ", text)
    return _FRACTION.sub(_quotient, text)


def _quotient(found: re.Match[str]) -> str:
    return f" {_bracketed(found[1])}/{_bracketed(found[2])} "


def _bracketed(text: str) -> str:
    return text if _ONE_PIECE.fullmatch(text) else f"({text})"
