"""Answers with integer families, logs, pi and e; and texts that attack them."""

from __future__ import annotations

import pytest

from verifiers import AnswerError, Ask, Decision, Problem, Reason, parse_set, verify
from verifiers.syntax import ParseError

HALF = "sin x = 1/2"

RIGHT = [
    (HALF, r"""
π/6 + 2πk, 5π/6 + 2πk, k ∈ ℤ
x = π/6 + 2πk or x = 5π/6 + 2πk
x = \frac{\pi}{6} + 2\pi k \text{ or } x = \frac{5\pi}{6} + 2\pi k, k \in \mathbb{Z}
x = \frac{\pi}{6} + 2\pi k,\ x = \frac{5\pi}{6} + 2\pi k \quad (k \in \mathbb Z)
x = (-1)^k π/6 + πk, k ∈ Z
x = (-1)^{n}\frac{\pi}{6} + \pi n, n \in \mathbb{Z}
x = (-1)^n*pi/6 + pi n, n is an integer
\left\{ \frac{\pi}{6} + 2\pi n, \frac{5\pi}{6} + 2\pi n \mid n \in \mathbb{Z} \right\}
{x | x = (-1)^k π/6 + πk, k∈ℤ}
x = π/6 + 2πm, x = 5π/6 + 2πm where m is any integer
x = π/6 + 2πj, x = 5π/6 + 2πj, j ∈ ℤ
x = π/6 + 2πn, n ∈ ℤ or x = 5π/6 + 2πm, m ∈ ℤ
x = -11π/6 + 2πk, x = 17π/6 - 2πn, k, n ∈ ℤ
x = π/2 ± π/3 + 2πk, k ∈ ℤ
x = arcsin(1/2) + 2πk or π - arcsin(1/2) + 2πk
x = \frac{\pi}{6} + 2k\pi \text{ and } x = \frac{5\pi}{6} + 2k\pi \text{ for any integer } k
x = pi/6 + 2pik, x = 5pi/6 + 2pik for all integers k
x = π/6 + 4πk, 13π/6 + 4πk, 5π/6 + 4πk, 17π/6 + 4πk, k ∈ ℤ
The solutions are x = π/6 + 2πk and x = 5π/6 + 2πk, where k is an integer.
"""),
    ("cos 2x = 0", r"""
π/4 + πk/2
x = \frac{\pi}{4} + \frac{k\pi}{2}, k \in \mathbb{Z}
x = ±π/4 + πk, k∈ℤ
x = π/4 + πk, 3π/4 + πk
x = (2k+1)π/4
"""),
    ("sin(πx) = 0", "k\nx ∈ ℤ\nx \\in \\mathbb{Z}\nx = n, n ∈ ℤ\nall integers\nx is an integer"),
    ("2^x = 3", "log_2 3\nln 3/ln 2\nlog 3/log 2\n\\log_2{3}\n1/log_3 2\nlog_4 9\nx = log2(3)"),
    ("e^x = 5", "ln 5\nx = \\ln 5\nlog 5\nlog_e(5)\n-ln(1/5)\n(ln 25)/2"),
    ("ln x = 2", "e^2\ne²\nexp(2)\ne·e\nx = \\mathrm{e}^{2}"),
    ("4^x = 8", "3/2\n1.5\n150%\n1 1/2\nlog_4 8"),
    ("tan x cos x = sin x", "x ≠ π/2 + πk, k ∈ ℤ\nall real numbers except π/2 + πk\n"
     "all real numbers except x = π/2 + πk, where k is an integer"),
    ("sin x = 1/2, 0 ≤ x < 2π", "π/6, 5π/6\nx = π/6 or x = 5π/6\n30π/180, 150π/180"),
]  # fmt: skip

WRONG = [
    (HALF, "π/6", Reason.MISSING_SOLUTION),
    (HALF, "x = π/6 + 2πk", Reason.MISSING_SOLUTION),
    (HALF, "x = π/6 + 2πk, 5π/6 + 4πk, k ∈ ℤ", Reason.MISSING_SOLUTION),
    (HALF, "x = π/6 + πk, k ∈ ℤ", Reason.NOT_A_SOLUTION),
    (HALF, "x = π/6 + 2k, 5π/6 + 2k, k ∈ ℤ", Reason.NOT_A_SOLUTION),
    (HALF, "x = (-1)^(k+1) π/6 + πk", Reason.NOT_A_SOLUTION),
    (HALF, "x = π/6 + 2πk, k ∈ ℕ", Reason.UNPARSABLE_ANSWER),
    (HALF, "x = π/6 + 2πk, 5π/6 + 2πk, k ∈ ℝ", Reason.WRONG_KIND),
    (HALF, "x = π/6 + 2πj, 5π/6 + 2πj", Reason.WRONG_KIND),
    (HALF, "x = π/6 + 2πk², 5π/6 + 2πk²", Reason.UNPARSABLE_ANSWER),
    (HALF, "x = π/6 + 2^k", Reason.UNPARSABLE_ANSWER),
    (HALF, "x = π/6 + 2πk + 2πn", Reason.UNPARSABLE_ANSWER),
    (HALF, "k = π/6 + 2πk", Reason.WRONG_KIND),
    (HALF, "x > 2πk", Reason.UNPARSABLE_ANSWER),
    (HALF, "sin x = 1/2", Reason.WRONG_KIND),
    (HALF, "arcsin(1/2)", Reason.MISSING_SOLUTION),
    (HALF, "x = 30 + 360k, 150 + 360k", Reason.NOT_A_SOLUTION),
    (HALF, "no solution", Reason.MISSING_SOLUTION),
    (HALF, "infinitely many", Reason.WRONG_KIND),
    ("sin x = 1/2, 0 ≤ x < 2π", "π/6, 5π/6, 13π/6", Reason.OUTSIDE_DOMAIN),
    ("sin x = 1/2, 0 ≤ x < 2π", "π/6 + 2πk, 5π/6 + 2πk", Reason.OUTSIDE_DOMAIN),
    ("2^x = 3", "1.585", Reason.NOT_A_SOLUTION),
    ("2^x = 3", "log_3 2", Reason.NOT_A_SOLUTION),
    ("2^x = 3", "log 3", Reason.NOT_A_SOLUTION),
    ("2^x = 3", "ln(1.5)", Reason.NOT_A_SOLUTION),
    ("2^x = 3", "ln(0)", Reason.WRONG_KIND),
    ("log_2 x + log_2(x-2) = 3", "4, -2", Reason.OUTSIDE_DOMAIN),
    ("tan x cos x = sin x", "all real numbers", Reason.OUTSIDE_DOMAIN),
    ("tan x cos x = sin x", "x ≠ π/2 + 2πk", Reason.OUTSIDE_DOMAIN),
    ("x^2 = 4", "x = 2k", Reason.NOT_A_SOLUTION),
    ("x^2 = 4", "x = 2 + 0·π, x = -2 + e", Reason.NOT_A_SOLUTION),
    ("sin(πx) = 0", "x = πk", Reason.NOT_A_SOLUTION),
]


@pytest.mark.parametrize(
    ("equation", "answer"),
    [(equation, answer) for equation, block in RIGHT for answer in block.strip().splitlines()],
)
def test_right(equation: str, answer: str) -> None:
    verdict = verify(equation, answer)
    assert verdict.verdict is Decision.CORRECT, verdict


@pytest.mark.parametrize(("equation", "answer", "reason"), WRONG)
def test_wrong(equation: str, answer: str, reason: Reason) -> None:
    verdict = verify(equation, answer)
    assert (verdict.verdict, verdict.reason) == (Decision.INCORRECT, reason), verdict


def test_asks() -> None:
    stated = "cos x = 1/2, 0 <= x <= 2π"
    assert verify(Problem(equation=stated, ask=Ask.SUM), "2π").verdict is Decision.CORRECT
    assert verify(Problem(equation=stated, ask=Ask.COUNT), "2").verdict is Decision.CORRECT
    assert verify(Problem(equation=stated, ask=Ask.LARGEST), "5π/3").verdict is Decision.CORRECT
    assert verify(Problem(equation=HALF, ask=Ask.COUNT), "infinite").verdict is Decision.CORRECT
    logs = "e^(2x) - 5e^x + 6 = 0"
    assert verify(Problem(equation=logs, ask=Ask.SUM), "ln 6").verdict is Decision.CORRECT


def test_the_letter_of_the_unknown_is_no_integer() -> None:
    problem = Problem(equation="sin k = 0", unknown="k")
    assert verify(problem, "k = πn").verdict is Decision.CORRECT
    assert verify(problem, "πk").verdict is Decision.INCORRECT
    assert "n ∈ ℤ" in str(verify(problem, "πn").expected)
    with pytest.raises((AnswerError, ParseError)):
        parse_set("x = π x, x ∈ ℤ", "x")


HOSTILE = [
    "," * 3990 + "Z", "k," * 1990 + "∈ℤ", "(|:" * 1300 + "Z", "where " * 600 + "Z",
    "any " * 900 + " integer", "a and " * 600 + "in Z", "π/6+2πk, k∈Z " * 200, " " * 3900 + "Z",
    "e^e^e^e^e^e^e^e", "e^(10^100)", "ln " * 39 + "2", "sin " * 39 + "2",
    "exp(" * 38 + "1" + ")" * 38,
    "sin(10^199)", "tan(π/2 - 10^(-150))", "2^(√2^(√2^(√2^√2)))", "ln(" + "9" * 199 + ")",
    "+".join(f"ln({n})*π^{n}" for n in range(2, 40)), "*".join(["(e+π+ln 2)"] * 30),
    "cos(2) - 2cos(1)^2 + 1", "x = " + ", ".join(f"π/{n} + 2πk/{n}" for n in range(1, 50)),
    "x = k/10^100", "x = 10^100 k", "x = k, πk, √2 k", "(-1)^(10^50 k) + k", "arctan " * 30 + "1",
    "(1+ln 2)^(1/2)" * 30, "log_{1+10^(-150)}(2)", "π" * 590, "e" * 590, "sin(π/399)+cos(π/397)",
]  # fmt: skip


@pytest.mark.parametrize("equation", [HALF, "2^x = 3", "x^2 = 4", "sin x = 1/2, 0 ≤ x < 2π"])
@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: ascii(answer[:20]))
def test_hostile(equation: str, answer: str) -> None:
    verdict = verify(equation, answer)
    assert verdict.verdict is Decision.INCORRECT, verdict


@pytest.mark.parametrize("equation", HOSTILE, ids=lambda answer: ascii(answer[:20]))
def test_hostile_equations(equation: str) -> None:
    for text in ("x = {}", "{} = 2x", "sin({} x) = 0", "2^x = {}"):
        verify(text.replace("{}", equation), "x = 2 + πk, x = 3")
