"""Where only a gold answer is known."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifiers.test_hostile import HOSTILE
from verifiers import Decision, Reason, verify, verify_completion

EQUAL = [
    ("3", "3"), ("3", "x = 3"), ("3", "3.0"), ("3", "6/2"), ("x = 3", "3"), ("x = 3", "3 = x"),
    ("1/2", "0.5"), (r"\frac{1}{2}", "½"), ("√8", "2√2"), ("2, 3", "{3, 2}"),
    ("x = 2 or x = 3", "x=3, x=2"), ("±2", "-2 and 2"), ("x_1 = 1, x_2 = 2", "1, 2"),
    ("y = 3", "y=3"), ("x >= 3", "[3, ∞)"), ("x ≠ 0", "all real numbers except 0"),
    ("(1, 2)", "1 < x < 2"), ("no real solutions", "∅"), ("none", "no solution"),
    ("2a+1", "1 + 2a"), ("x = 2a + 1", "2(a + 1/2)"), ("x = 2a+1", "x = 2a + 1"),
    ("(a^2-1)/(a-1)", "a+1"), ("a/b", "1/(b/a)"), ("√(a+1)/2", "(a+1)^(1/2)*0.5"),
    ("(a+√(a^2-4))/2", "a/2 + √(a²-4)/2"), ("|a-b|", "|b-a|"), ("a^2 - b^2", "(a-b)(a+b)"),
    ("1/(1+√a)", "(1-√a)/(1-a)"), ("α + 1", r"1+\alpha"), ("The answer is 2a", "2a"),
    ("2\\sqrt{a}", "\\sqrt{4a}"),
    ("2√a", "4a/(2√a)"),
    ("√(ab)", "√a√b"),
    ("√(a^2 b)", "|a|√b"),
    ("√(a/b)", "√a/√b"),
    ("√(a/b)", "√(ab)/|b|"),
    ("√(a^2-b^2)", "√(a-b)√(a+b)"),
    ("√12 a", "2√3 a"),
    ("a^{3/2}", "|a|√a"),
    ("|a^2+1|", "a^2+1"),
    ("1/(a+√(a^2-4))", "(a-√(a^2-4))/4"),
    ("√(a^2-2a+1)", "|1-a|"),
    ("(√a+√b)^2", "a+b+2√(ab)"),
    ("√(18a)", "3√2√a"),
    ("∛(8a)", "2∛a"),
    ("∛(ab)", "∛a∛b"),
    ("∛(-a)", "-∛a"),
    ("∛(16a^4)", "2a∛(2a)"),
    ("ln(2a)", "ln 2 + ln a"),
    ("ln(a)/ln(2)", "log_2(a)"),
    ("e^{2a}", "(e^a)^2"),
    ("2^{a+1}", "2·2^a"),
    ("4^a", "2^{2a}"),
    ("(1/2)^a", "2^{-a}"),
    ("ln(a)/2", "ln √a"),
    ("ln(a^2)", "2ln|a|"),
    ("a e^{-b}", "a/e^b"),
    ("log_a b", "ln(b)/ln(a)"),
    ("tan a", "sin(a)/cos(a)"),
    ("sin(a)^2", "1-cos(a)^2"),
    ("cos(-a)", "cos a"),
    ("π a", "a π"),
    ("(-a)^{x+1}", "(-a)(-a)^x"),
    ("ln(8a)/ln(2)", "3+log_2 a"),
    ("2sin(a)cos(a)", "sin 2a"), ("sin 2a", "-sin(-2a)"), ("sin 2a", "cos(2a - π/2)"),
    ("cos(2a)", "1 - 2sin(a)^2"), ("cos(2a)", "(1-tan^2 a)/(1+tan^2 a)"),
    ("sin(a+b)", "sin a cos b + cos a sin b"), ("sin(3a)", "3sin a - 4 sin^3 a"),
    ("tan(2a)", "2tan(a)/(1-tan(a)^2)"), ("(1-cos(a))/2", "sin(a/2)^2"),
    ("sin(a+π/3)", "sin(a)/2 + √3cos(a)/2"), ("sin(100a)", "2sin(50a)cos(50a)"),
    ("arcsin(-a)", "-arcsin a"), ("arccos(a)", "π/2 - arcsin(a)"),
    ("a", "e^{ln a}"), ("a", "10^{log a}"), ("a", "e^{-ln(1/a)}"), ("a^2", "e^{2ln a}"),
    ("|a|", "e^{ln(a^2)/2}"), ("a^b", "e^{b ln a}"), ("a^{ln b}", "b^{ln a}"),
    ("(ab)^c", "a^c b^c"), ("(ab)^c", "e^{c(ln a + ln b)}"), ("(a/b)^c", "a^c b^{-c}"),
    ("(a^b)^c", "a^{bc}"), ("a^{b+1}", "a·a^b"), ("(ab)^3", "a^3 b^3"),
    ("a^{1/4}", "√√a"), ("√√a", "\\sqrt[4]{a}"), ("√√√a", "a^{1/8}"), ("a^{1/6}", "∛√a"),
    ("√∛a", "∛√a"), ("√a", "(a^{1/4})^2"),
]  # fmt: skip
DIFFERENT = [
    ("3", "4", Reason.WRONG_VALUE), ("3", "3, 4", Reason.WRONG_VALUE),
    ("2, 3", "2", Reason.MISSING_SOLUTION), ("2, 3", "2, 3, 4", Reason.NOT_A_SOLUTION),
    ("x = 3", "y = 3", Reason.WRONG_KIND), ("7", "banana = 7", Reason.WRONG_KIND),
    ("7", "x = 3 = 7", Reason.WRONG_KIND), ("7", "x^2 = 49", Reason.WRONG_KIND),
    ("7", "It is certainly not 7.", Reason.UNPARSABLE_ANSWER), ("7", "", Reason.NO_ANSWER),
    ("x >= 3", "x > 3", Reason.MISSING_SOLUTION), ("∅", "0", Reason.NOT_A_SOLUTION),
    ("2·10^-20", "10^-20", Reason.WRONG_VALUE), ("1/3", "0.3333333333", Reason.WRONG_VALUE),
    ("2a", "2A", Reason.WRONG_KIND), ("2a", "3a", Reason.WRONG_VALUE),
    ("2a", "2", Reason.WRONG_VALUE), ("√(a+1)", "√(a-1)", Reason.WRONG_VALUE),
    ("|a|", "a", Reason.WRONG_VALUE), ("√(a^2)", "a", Reason.WRONG_VALUE),
    ("x = 2a", "y = 2a", Reason.WRONG_KIND), ("2a", "2a = 3a", Reason.WRONG_KIND),
    ("2a", "2a > 1", Reason.WRONG_KIND), ("2a", "±2a", Reason.WRONG_KIND),
    ("2a", " ", Reason.NO_ANSWER), ("2a", "a" * 5000, Reason.OVER_BUDGET_ANSWER),
    ("2a", "2a, 3a", Reason.UNPARSABLE_ANSWER), ("3", "2a + 1", Reason.WRONG_KIND),
    ("a", "a^(2^40)", Reason.OVER_BUDGET_ANSWER),
    ("√(a^2 b)", "a√b", Reason.WRONG_VALUE),
    ("√(ab)", "√a+√b", Reason.WRONG_VALUE),
    ("√(a/b)", "√(ab)/b", Reason.WRONG_VALUE),
    ("2√a", "√(2a)", Reason.WRONG_VALUE),
    ("∛(a^3)", "|a|", Reason.WRONG_VALUE),
    ("√(a^2-2a+1)", "a-1", Reason.WRONG_VALUE),
    ("ln(a+b)", "ln a+ln b", Reason.WRONG_VALUE),
    ("e^{2a}", "2e^a", Reason.WRONG_VALUE),
    ("e^{2a}", "e^(a^2)", Reason.WRONG_VALUE),
    ("log_2 a", "ln a", Reason.WRONG_VALUE),
    ("ln(a)^2", "2 ln a", Reason.WRONG_VALUE),
    ("sin(2a)", "2sin a", Reason.WRONG_VALUE),
    ("|a+b|", "|a|+|b|", Reason.WRONG_VALUE),
    ("√(1-sin(a)^2)", "cos a", Reason.WRONG_VALUE),
    ("(-a)^{x+1}", "a(-a)^x", Reason.WRONG_VALUE),
]  # fmt: skip
NEIGHBOURS = [  # of identities
    ("2sin(a)cos(a)", "2 sin 2a"), ("sin 2a", "sin(a)cos(a)"), ("sin 2a", "-2sin(a)cos(a)"),
    ("cos(2a)", "1 - sin(a)^2"), ("cos(2a)", "2sin(a)^2 - 1"),
    ("sin(a+b)", "sin a cos b - cos a sin b"), ("sin(3a)", "3sin a - 3 sin^3 a"),
    ("tan(2a)", "2tan(a)/(1+tan(a)^2)"), ("sin(a+π/3)", "sin(a)/2 - √3cos(a)/2"),
    ("sin(100a)", "sin(101a)"), ("sin(100a)", "2sin(51a)cos(49a)"), ("arccos(-a)", "-arccos a"),
    ("a", "e^{ln|a|}"), ("a", "e^{ln(a^2)/2}"), ("a", "e^{2ln a}"), ("a", "e^{ln(2a)}"),
    ("a", "e^{ln(-a)}"), ("a^b", "e^{a ln b}"), ("(ab)^c", "a^c b"), ("(ab)^c", "a^c + b^c"),
    ("(a+b)^c", "a^c + b^c"), ("(a/b)^c", "b^c/a^c"), ("(a^b)^c", "a^{b+c}"),
    ("(a^b)^c", "a^{b^c}"), ("a^{b+1}", "a^b + a"), ("a^{1/4}", "√a"), ("a^{1/4}", "√√√a"),
    ("a^{1/4}", "∛√a"), ("a^{1/6}", "√a"), ("√√(a^4)", "a"), ("∛√(a^6)", "a"),
]  # fmt: skip
UNREADABLE = ["", " ", "see the figure", "x +", "Paris", "banana", "x = 1, y = 2", "a" * 5000,
              "3 < x < 1", "2a = 3a", "x^2 = 4", "1/0", "((", "\x00", "9^9^9^9"]  # fmt: skip


@pytest.mark.parametrize(("gold", "answer"), EQUAL)
def test_equal(gold: str, answer: str) -> None:
    verdict = verify(gold=gold, answer=answer)
    assert (verdict.verdict, verdict.reason) == (Decision.CORRECT, Reason.EQUAL), verdict
    assert verdict.expected
    assert verdict.evidence


@pytest.mark.parametrize(("gold", "answer"), NEIGHBOURS)
def test_neighbours_of_identities(gold: str, answer: str) -> None:
    assert verify(gold=gold, answer=answer).reason is Reason.WRONG_VALUE


@pytest.mark.parametrize(("gold", "answer", "reason"), DIFFERENT)
def test_different(gold: str, answer: str, reason: Reason) -> None:
    verdict = verify(gold=gold, answer=answer)
    assert (verdict.verdict, verdict.reason) == (Decision.INCORRECT, reason), verdict
    assert verdict.evidence


@pytest.mark.parametrize("gold", UNREADABLE)
@pytest.mark.parametrize("same", [True, False])
def test_a_gold_that_cannot_be_read_rewards_nobody(gold: str, same: bool) -> None:
    verdict = verify(gold=gold, answer=gold if same else "3")
    assert (verdict.verdict, verdict.reason) == (Decision.UNDECIDED, Reason.MALFORMED_PROBLEM)
    completion = verify_completion(gold=gold, completion="nothing")
    assert completion.verdict is Decision.UNDECIDED


def test_a_declared_unknown_is_the_only_one() -> None:
    assert verify(gold="3", answer="t = 3", unknown="t").verdict is Decision.CORRECT
    assert verify(gold="3", answer="x = 3", unknown="t").reason is Reason.WRONG_KIND
    assert verify(gold="3", answer="x = 3, y = 3").reason is Reason.WRONG_KIND


def test_completions() -> None:
    assert verify_completion(gold="3", completion=r"so \boxed{3}").verdict is Decision.CORRECT
    assert verify_completion(gold="3", completion="so 3").reason is Reason.NO_ANSWER
    several = verify_completion(gold="3", completion=r"\boxed{3} or \boxed{4}")
    assert several.reason is Reason.SEVERAL_ANSWERS
    assert several.expected == "{3}"


@pytest.mark.parametrize(
    "arguments",
    [{}, {"answer": "3"}, {"gold": "3"}, {"problem": "x = 3", "gold": "3", "answer": "3"},
     {"problem": "x = 3"}, {"problem": "x = 3", "answer": "3", "unknown": "x"}],
)  # fmt: skip
def test_wrong_calls(arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"verify needs|unknown goes"):
        verify(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_texts(text: str) -> None:
    for gold in ("17", "2a + b", "√(a+1)", "ln(a) + e^b"):
        assert verify(gold=gold, answer=text).verdict is Decision.INCORRECT
    verify(gold=text, answer="17")


@given(st.fractions(), st.fractions())
def test_fractions(left: Fraction, right: Fraction) -> None:
    assert (verify(gold=str(left), answer=str(right)).verdict is Decision.CORRECT) == (
        left == right
    )


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=4), st.integers(-9, 9))
def test_a_polynomial_in_a_is_itself_in_any_form(coefficients: list[int], shift: int) -> None:
    gold = " + ".join(f"({c})*a^{n}" for n, c in enumerate(coefficients)) + " + b"
    horner = "0"
    for coefficient in reversed(coefficients):
        horner = f"({horner})*a + ({coefficient})"
    verdict = verify(gold=gold, answer=f"{horner} + b + ({shift})")
    assert (verdict.verdict is Decision.CORRECT) == (shift == 0)


sizes = st.integers(1, 30)


@given(st.integers(-5, 5).filter(bool), sizes, sizes, st.sampled_from(["√", "∛"]))
def test_numbers_come_out_of_a_root(factor: int, size: int, slip: int, sign: str) -> None:
    """c^n * b under a root is |c| or c before the root of b; a slip is seen."""
    index = 2 if sign == "√" else 3
    gold = f"{sign}({factor**index * size}*a)"
    outside = abs(factor) if index == 2 else factor
    assert verify(gold=gold, answer=f"{outside}{sign}({size}a)").verdict is Decision.CORRECT
    wrong = verify(gold=gold, answer=f"{outside}{sign}({size + slip}a)")
    assert wrong.verdict is Decision.INCORRECT


@settings(max_examples=30)
@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(1, 9))
def test_logarithms_of_products_are_sums(m: int, n: int, number: int) -> None:
    gold = f"ln({number}*a^({2 * m})*b^({n})) + a"
    for slip in (0, 1):
        answer = f"ln({number}) + {2 * m}ln(a) + ({n + slip})ln(b) + a"
        right = verify(gold=gold, answer=answer).verdict is Decision.CORRECT
        assert right is (slip == 0), answer
