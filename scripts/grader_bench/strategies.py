"""What the fuzzing draws: trees, problems with their solutions, texts and mutations of texts."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import strategies as st

from verifiers.syntax import parse_relation, to_text
from verifiers.syntax.ast import Abs, Add, Div, Expr, Mul, Neg, Num, PlusMinus, Pow, Root, Sym

from .attacks import ATTACKS
from .drawn import Drawn
from .families import ALL, EQUATION_SET, GOLD, Draw

_LEAVES = st.one_of(
    st.integers(0, 10**9).map(lambda n: Num(Fraction(n))),
    st.decimals(0, 1000, places=4).map(lambda d: Num(Fraction(d))),
    st.sampled_from(["x", "y", "x_1", "y_1,2", "alpha", "speed", "t"]).map(Sym),
)


def _nodes(children: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(children, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        several.map(Add),
        several.map(Mul),
        st.builds(Div, children, children),
        st.builds(Pow, children, children),
        st.builds(Root, children, st.integers(2, 9)),
        st.builds(Neg, children),
        st.builds(PlusMinus, children),
        st.builds(Abs, children),
    )


TREES: st.SearchStrategy[Expr] = st.recursive(_LEAVES, _nodes, max_leaves=20)


def _problems(families: tuple[Draw, ...]) -> st.SearchStrategy[Drawn]:
    seeds = st.integers(0, 2**32)
    return st.builds(lambda draw, seed: draw(Random(seed)), st.sampled_from(families), seeds)


EQUATIONS = _problems(EQUATION_SET)
PROBLEMS = _problems((*ALL, *GOLD))

_PIECES = (
    *"0123456789xyabk=+-*/^(){}[]|,;:.±√∞≤≥≠∈ℝ∅∪∖∧∨²π%!_ \\",
    *("\\frac", "\\sqrt", "\\pm", "\\{", "\\}", "\\text{", "\\boxed{", "\\left(", "\\right)",
      "\\infty", "\\cup", "\\log_", "\\sin", "\\pi", "\\mathbb{R}", "\\begin{cases}", "\\\\", "&"),
    *(" + 2πk", "π/6", "t ∈ ℝ", "⋃_{k∈ℤ}", "e^", "cos "),
    *("x = ", " or ", " and ", " no ", " real ", "solutions", "all real numbers", " except ", "if ",
      "k ∈ ℤ", "ln ", "sin", "(2, 3)", "otherwise", "where ", " is ", "\x00", "\ud800", "х", "２"),
)  # fmt: skip
_ATTACKS = tuple(text for texts in ATTACKS.values() for text in texts if len(text) <= 5_000)

TEXTS = st.one_of(
    st.text(max_size=80),
    st.binary(max_size=80).map(lambda data: data.decode("latin-1")),
    st.binary(max_size=80).map(lambda data: data.decode("utf-8", "surrogateescape")),
    st.lists(st.sampled_from(_PIECES), max_size=20).map("".join),
    st.sampled_from(_ATTACKS),
)


@st.composite
def mutations(draw: st.DrawFn, text: str) -> str:
    """``text`` after a few cuts, doublings, exchanges and insertions."""
    for _ in range(draw(st.integers(1, 4))):
        low = draw(st.integers(0, len(text)))
        high = draw(st.integers(low, min(len(text), low + 8)))
        part = text[low:high]
        middle = draw(
            st.one_of(
                st.sampled_from(_PIECES),
                st.sampled_from(["", part * 2, part[::-1], part.upper(), " ".join(part)]),
            )
        )
        text = text[:low] + middle + text[high:]
    return text


def latex(equation: str) -> str:
    """The equation in LaTeX; raises ``ParseError`` where our grammar has no such equation."""
    relation = parse_relation(equation)
    return f"{_latex(relation.lhs)} = {_latex(relation.rhs)}"


def _latex(expr: Expr) -> str:
    match expr:
        case Div(numerator, denominator):
            return rf"\dfrac{{{_latex(numerator)}}}{{{_latex(denominator)}}}"
        case Root(radicand, index):
            degree = "" if index == 2 else f"[{index}]"
            return rf"\sqrt{degree}{{{_latex(radicand)}}}"
        case Abs(arg):
            return rf"\left|{_latex(arg)}\right|"
        case Neg(arg):
            return rf"-\left({_latex(arg)}\right)"
        case Add(terms):
            return "+".join(rf"\left({_latex(term)}\right)" for term in terms)
        case Mul(factors):
            return r" \cdot ".join(rf"\left({_latex(factor)}\right)" for factor in factors)
        case Pow(base, exponent):
            return rf"{{\left({_latex(base)}\right)}}^{{{_latex(exponent)}}}"
    return to_text(expr)
