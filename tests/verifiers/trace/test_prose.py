"""Checks, refutations, restrictions and discriminants in the words in which models write them,
and the opposite cases, which must not count."""

from __future__ import annotations

import pytest

from verifiers import check_steps
from verifiers.trace.records import Cause, Change, ClaimKind, Transition, Truth

ROOT = "sqrt(x + 6) = x"  # 3 solves it, squaring brings in -2
FOUND = "x + 6 = x^2, so x = 3 or x = -2. "

CHECKS = [
    ("2x + 3 = 11", "x = 4. Check: 2*4 + 3 = 8 + 3 = 11. \\boxed{4}"),
    ("2x + 3 = 11", "So x = 4. Let me plug it back in: 2(4) + 3 = 11, as needed. \\boxed{4}"),
    ("3x - 1 = x + 5", "x = 3. To verify: the left is 9 - 1 = 8 and the right is 3 + 5 = 8."),
    ("3x - 1 = x + 5", "x = 3\n\nVerification\n- Left: 9 - 1 = 8\n- Right: 3 + 5 = 8 ✓"),
    ("sqrt(x + 6) = x", "x = 3 or x = -2.\n* $x = 3$: $\\sqrt{9} = 3$ ✓"),
]


@pytest.mark.parametrize(("equation", "text"), CHECKS)
def test_both_sides_computed_are_a_check(equation, text):
    trace = check_steps(equation, text)
    assert trace.habits.substitution_check is True
    assert any(claim.kind is ClaimKind.SUBSTITUTION for claim in trace.claims)


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        ("2x + 3 = 11", "x = 4. Check: it works. \\boxed{4}"),
        ("2x + 3 = 11", "2x = 8, since 11 - 3 = 8, so x = 4. \\boxed{4}"),
        ("3x - 1 = x + 5", "x = 3. Check: 9 - 1 = 8, fine."),
        ("2x + 3 = 11", "x = 4. Check: 2*4 + 3 = 12. \\boxed{4}"),
        ("sqrt(3x + 1) = x - 1", "x = 0 or x = 5. Check x = 0: √1 = 1 and 0 - 1 = 1 ✓."),
    ],
)
def test_half_a_check_or_a_wrong_one_is_none(equation, text):
    assert check_steps(equation, text).habits.substitution_check is False


REFUTED = [
    "For x = -2: √4 = 2, but the right side is -2, and 2 ≠ -2. So x = 3. \\boxed{3}",
    "* x = -2: √4 = 2 ≠ -2 ✗.\nSo only x = 3 survives. \\boxed{3}",
    "Check x = -2: √4 = 2. That's not -2. So the answer is 3. \\boxed{3}",
    "Checking x = -2: sqrt(-2 + 6) = 2, not -2, so it fails. \\boxed{3}",
    "But then x = -2 < 0, impossible for a root. \\boxed{3}",
]


@pytest.mark.parametrize("text", REFUTED)
def test_a_refutation_is_verified_however_it_is_worded(text):
    trace = check_steps(ROOT, FOUND + text)
    assert trace.corrected
    if "impossible" not in text:
        assert trace.verified_aha


@pytest.mark.parametrize(
    "text",
    [
        "Check x = -2: √4 = -2 ✓. Hmm, but x = 3 feels right. \\boxed{3}",
        "Check x = -2: √4 = 3 ≠ -2 ✗. \\boxed{3}",
        "Check x = 3: √9 = 3 ✓. Wait, I trust only the first. \\boxed{3}",
        "Check x = -2: these differ. \\boxed{3}",
        "Wait: √4 = 2 is not what I expected, and 3 + 1 = 4. \\boxed{3}",
    ],
)
def test_what_refutes_nothing_is_no_aha(text):
    assert not check_steps(ROOT, FOUND + text).verified_aha


@pytest.mark.parametrize(
    ("equation", "text", "stated"),
    [
        ("6/x = x - 1", "Multiply by x (x ≠ 0): 6 = x^2 - x", True),
        ("6/x = x - 1", "Note (since x \\neq 0) that 6 = x^2 - x", True),
        ("1/x + 1/(x + 2) = 3/4", "$x \\ne 0, -2$. Multiply.", True),
        ("1/x + 1/(x + 2) = 3/4", "Here x can't be 0 and x cannot be -2.", True),
        ("1/x + 1/(x + 2) = 3/4", "Here x ≠ 0, 2.", False),
        ("1/x + 1/(x + 2) = 3/4", "Here x ≠ 0.", False),
        ("log(x) = log(6 - x)", "The domain is 0 < x < 6, so x = 3.", True),
        ("log(x) = log(6 - x)", "The domain is 0 < x < 5, so x = 3.", False),
    ],
)
def test_restrictions(equation, text, stated):
    assert check_steps(equation, text).habits.domain_stated is stated


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("D = b^2 - 4ac = 25 - 24 = 1", True),
        ("The discriminant is 25 - 24 = 1.", True),
        ("| step | value |\n|---|---|\n| discriminant | 25 - 24 = 1 |", True),
        ("b^2 - 4ac = 25 - 24 = 1", True),
        ("The discriminant is 25 - 20 = 5.", False),
        ("The discriminant is 25 - 24 = 2.", False),
        ("The difference is 25 - 24 = 1.", False),
    ],
)
def test_discriminants(text, shown):
    assert check_steps("x^2 - 5x + 6 = 0", text).habits.quadratic_formula is shown


@pytest.mark.parametrize(
    "text",
    [
        "Could x be 1? 1 - 5 + 6 = 2, no. So x = 2 or x = 3.",
        "The product of the roots is 6, so x = 2 or x = 3.",
        "Note that x = 4 would give 2, which is not 0. x = 2 or x = 3.",
        "The sum of the solutions is 5. Answer: 2, 3",
    ],
)
def test_what_is_no_claim(text):
    trace = check_steps("x^2 - 5x + 6 = 0", text)
    assert trace.first_error is None
    assert Truth.FALSE not in {claim.truth for claim in trace.claims}


def test_texts_without_a_box_conclude_with_their_last_candidates():
    lost = check_steps("x^2 = 5x", "Divide by x: x = 5.\n\n**x = 5**")
    assert (lost.first_error.change, lost.first_error.cause) == (Change.LOST, Cause.DIVISION)
    kept = check_steps(ROOT, FOUND + "Answer: x = 3 or x = -2")
    assert (kept.first_error.change, kept.first_error.cause) == (Change.GAINED, Cause.SQUARING)
    none = check_steps("x^2 + 4 = 0", "x^2 = -4, so there is no real solution.")
    assert none.transition is Transition.RIGHT_RIGHT
    assert none.first_error is None


def test_a_right_root_thrown_out_is_an_error():
    text = "x = 2 or x = 3. But x = 3 must be rejected. Answer: x = 2"
    error = check_steps("x^2 - 5x + 6 = 0", text).first_error
    assert (error.change, error.lost) == (Change.LOST, ("3",))


def test_a_rule_that_is_none_is_no_wrong_sum():
    error = check_steps("ln(x) + ln(x - 3) = ln(4)", "ln(2x - 3) = ln(4), x = 7/2").first_error
    assert error.cause is Cause.UNKNOWN
    error = check_steps("2x + 3 = 17", "2x = 15, x = 7.5").first_error
    assert error.cause is Cause.ARITHMETIC
