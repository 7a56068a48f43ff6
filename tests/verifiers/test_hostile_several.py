"""Texts that attack, against systems and parameters: a wrong answer, no exception, not slow."""

from __future__ import annotations

import pytest

from verifiers import Ask, Decision, Problem, verify

SYSTEM = Problem(equation="x + y = 5, x y = 6")
LINE = Problem(equation="x + y = 3, 2x + 2y = 6")
LINEAR = Problem(equation="a x = b", unknown="x", params={"a": "a > 0", "b": ""})
ONE = Problem(equation="a - (a+x)/x = x", unknown="x", params={"a": "a^2 - 6a + 1 > 0, a != 0"})
SUM = Problem(equation=ONE.equation, unknown="x", params=ONE.params, ask=Ask.SUM)
PROBLEMS = [SYSTEM, LINE, LINEAR, ONE, SUM]


def _nested(text: str, times: int) -> str:
    for _ in range(times):
        text = f"({text})^24"
    return text


HOSTILE = [
    "9^9^9^9", "(" * 5_000, "[" * 10**5, "1" * 10**5, "{" * 300, "x=" * 900, "\x00", "x = \udfff",
    "__import__('os')", "{0.__class__}", "x = a.__class__", "¬", "." * 3_999, " " * 3_990 + "x",
    f"x = {_nested('a+b+1', 6)}", f"x = {_nested('a+1', 6)}", f"x = {_nested('3', 6)}",
    f"x = {_nested('1+sqrt(2)', 6)}", f"x = 1, y = {_nested('sqrt(2)+1', 4)}",
    "x = " + "+".join(f"sqrt(a+{n})" for n in range(12)),
    "x = " + "*".join(f"(a+b+{n})" for n in range(60)),
    "x = " + "+".join(f"1/(a+{n})" for n in range(39)),
    "x = " + "sqrt(" * 39 + "a" + ")" * 39, "x = " + "abs(" * 30 + "a" + ")" * 30,
    "x = a if " + " or ".join(f"a = {n}" for n in range(90)),
    "; ".join(f"x = {n} if a = {n}" for n in range(24)),
    "x = a if " + " and ".join(f"sqrt(a+{n}) > {n}" for n in range(30)),
    "x = sqrt(a^7+3a+b) if a^5+a b+1 > 0", "x = 1 if a^11 - a - 1 > 0", "x = a^20+b^20+1",
    "(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11), sqrt(13)+sqrt(17)+cbrt(19))",
    "(1,2)," * 90 + "(2,3)", "(" + ",".join("1" * 290) + ")", "t," * 250 + "t∈ℝ",
    "(t" + "+t" * 290 + ",t)", "x=1 if " * 100, "if " * 200, "otherwise " * 100, "⇒" * 2_000,
    "\\begin{cases}" * 80, "x=a & " * 90, "x=a " + "for any real " * 250, "x = " + "a" * 3_900,
]  # fmt: skip


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: ascii(answer[:20]))
def test_hostile_answers(answer: str) -> None:
    for problem in PROBLEMS:
        verdict = verify(problem, answer)
        assert verdict.verdict is Decision.INCORRECT, verdict
        str(verdict).encode()


HIDDEN = [
    "(a+1)^24", "((a+1)^24)^24", "1/(a^20+a+7)^2", "sqrt(a^10+3a^7+a^2+12)", "1/(a^11-a-1)",
    "+".join(f"sqrt(a^2+{n})" for n in range(1, 9)), "sqrt(10^60*a^2+10^61+1)", "(a^2+1)^(1/3)",
    "+".join(f"sqrt({n})" for n in (2, 3, 5, 7, 11, 13, 17)), "sqrt(sqrt(a^4+1)+1)",
    "*".join(f"(a+{n})" for n in range(30)), "+".join(f"abs(a-{n})" for n in range(12)),
    "1/(sqrt(a^2+1)+sqrt(a^2+2)+sqrt(a^2+3)+sqrt(a^2+5))", "(sqrt(a^2+1)+sqrt(a^2+2))^24",
]  # fmt: skip


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda text: text[:20])
def test_hidden_zeros(hidden: str) -> None:
    """What is added cancels: right at each sample, so that the proof itself is attacked."""
    answers = {"a x = b": "b/a", ONE.equation: "(a-1 ± sqrt(a^2-6a+1))/2"}
    for problem in (LINEAR, ONE):
        good = answers[str(problem.equation)]
        for answer in (
            f"x = {good} + ({hidden}) - ({hidden})",
            f"x = {good} if ({hidden}) - ({hidden}) = 0",
            f"x = {good} if {hidden} > 0, x = {good} if {hidden} <= 0",
        ):
            assert verify(problem, answer).verdict is not Decision.UNDECIDED


@pytest.mark.parametrize(
    "equation",
    [
        "x + y = 1" + ", x + y = 1" * 40,
        ", ".join(f"x_{n} + x_{n + 1} = {n}" for n in range(15)),
        "x^24 + y^24 = 1, x^23 y + x y^22 = 3",
        "x^7 + y^6 x + y = 1, y^7 + x^5 y^2 + x + 1 = 0",
        "(x+y+z+1)^12 = 2, x + y = z, x y z = 1",
        "sqrt(x+sqrt(y+sqrt(x))) = 2, sqrt(y)+sqrt(x+1) = 3",
        "x^2 + y^2 + z^2 + w^2 = 1, xy + zw = 2, xz + yw = 3, xyzw = 1",
        "1/x + 1/y + 1/z = 1, x/y + y/z + z/x = 2, x y z = 3",
        "((((x+y)^9)^9)^9)^9 = 1, x = y",
        "x = 1" + "," * 3_000,
        ";" * 3_000 + "x=1",
        " " * 3_900 + "x = 1, y = 2",
    ],
    ids=lambda text: text[:24],
)
def test_hostile_systems(equation: str) -> None:
    verify(equation, "(1, 2)")


@pytest.mark.parametrize(
    "equation",
    [
        "(a+b+c+d)^20 x = 1",
        "a^11 x^2 - x - a = 1/(x-a^5)",
        "1/(x-a) + 1/(x-b) = 1/(x-c)",
        "(a^2+b^2-1) x = a b c",
        "+".join(f"1/(x-{n}a)" for n in range(30)) + " = 1",
        "*".join(f"(x-{n}a-b)" for n in range(20)) + " = 0",
        "*".join(f"(x-{n}a-{n * n})" for n in range(20)) + " = 0",
        "((((a x)^9)^9)^9)^9 = 1",
    ],
    ids=lambda text: text[:24],
)
def test_hostile_parameters(equation: str) -> None:
    verify(Problem(equation=equation, unknown="x"), "x = a")
