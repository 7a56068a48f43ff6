"""The vocabulary of the grammar: LaTeX commands, unicode signs, function names, English words."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


GREEK = dict(
    zip(
        "αβγδεζηθικλμνξρστυφχψωΓΔΘΛΞΣΦΨΩ",
        _words(
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma "
            "tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega"
        ),
        strict=True,
    )
)
GREEK_NAMES = frozenset(GREEK.values())

COMMANDS = {
    **dict.fromkeys(_words("frac dfrac tfrac cfrac"), "frac"),
    **dict.fromkeys(_words("cdot times ast"), "*"),
    **dict.fromkeys(_words("ne neq"), "!="),
    **dict.fromkeys(_words("le leq leqslant"), "<="),
    **dict.fromkeys(_words("ge geq geqslant"), ">="),
    **dict.fromkeys(_words("mid vert"), "|"),
    **dict.fromkeys(_words("varnothing emptyset"), "empty"),
    **dict.fromkeys(_words("setminus backslash"), "setminus"),
    **dict.fromkeys(_words("lor vee"), "or"),
    **dict.fromkeys(_words("land wedge"), "and"),
    "sqrt": "sqrt", "div": "/", "pm": "±", "lt": "<", "gt": ">", "in": "in",
    "lvert": "abs(", "rvert": ")abs", "cup": "union", "cap": "intersection",
    "infty": "infinity", "lbrace": "\\{", "rbrace": "\\}",
}  # fmt: skip
SPACING_COMMANDS = frozenset(
    _words(
        "quad qquad displaystyle textstyle left right limits big Big bigl bigr Bigl Bigr bigg Bigg"
    )
)
TEXT_COMMANDS = frozenset(_words("text mathrm textrm textbf mathbf textit mbox operatorname rm"))
UNSUPPORTED_COMMANDS = frozenset(_words("int sum prod lim mp"))

SIGNS = {
    "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/",
    "≠": "!=", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "√": "sqrt", "∛": "cbrt", "∜": "root4",
    "∅": "empty", "∈": "in", "ℝ": "reals", "ℤ": "integers", "∞": "infinity",
    "∪": "union", "∩": "intersection",
    "∖": "setminus", "∨": "or", "∧": "and", "**": "^", "!=": "!=", "==": "=", "=<": "<=",
    "=>": ">=", "+/-": "±",
}  # fmt: skip
VULGAR_FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8),
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

FUNCTIONS = frozenset(_words("sqrt cbrt abs"))
TRIGONOMETRIC = {
    **{name: name for name in _words("sin cos tan cot sec csc arcsin arccos arctan")},
    "tg": "tan", "ctg": "cot", "cosec": "csc", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan", "arctg": "arctan",
}  # fmt: skip
NAMED_FUNCTIONS = frozenset({*TRIGONOMETRIC, "ln", "lg", "log", "exp"})
"""Functions that may stand before a bare argument: sin 2x, ln 3."""
FUNCTION_COMMANDS = frozenset(
    _words("sin cos tan cot sec csc arcsin arccos arctan tg ctg arctg ln lg log exp pi")
)
UNSUPPORTED_FUNCTIONS = frozenset(_words("lim sinh cosh tanh coth sech csch"))
ENGLISH = frozenset(
    _words(
        "all and any are but do does empty equation except exist exists for has have in infinitely "
        "is it many no none not number numbers of only or other real reals root roots set solution "
        "solutions such than that the there these value values where which with zero"
    )
)
"""Words of answers, which end an expression; every other word is a name or a product of names."""
