"""Texts that attack: always a wrong answer, never an exception, never slow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from verifiers import Ask, Decision, Domain, Problem, verify, verify_completion

EQUATION = "6 - (6+x)/x = x"
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def _hidden_zero(count: int) -> str:
    up = "+".join(f"√{p}" for p in PRIMES[:count])
    down = "+".join(f"√{p}" for p in reversed(PRIMES[:count]))
    return f"{up}-({down})"


HOSTILE = [
    "9^9^9^9", "9^{9^{9^{9^9}}}", "2^{10^{10}}", "2^(10^(10^10))", "10^-400", "1e999999999",
    "(" * 10**5, "[" * 5_000, "{" * 3_999, ")" * 100, "\\{" * 1_000, "|" * 3_000,
    "9" * 10**5, "x = 0." + "3" * 10**5, "a" * 10**6, "x=" * 10**6, "\n" * 10**6 + "7",
    "\x00", "x = 2\x00, 3", "\ud800", "x = \udfff", "х = 2", "x = ２, ３", "x = ٢", "Ⅱ, Ⅲ",
    "__import__('os').system('true')", "().__class__.__bases__", "{0.__class__}", "%s%n%x", "${x}",
    "eval(2)", "lambda: 2", "x = 2; import os", "'; drop table", "exec", "print(2)",
    "\\input{/etc/passwd}", "\\def\\x{2}", "\\csname x\\endcsname", "\\" * 500,
    _hidden_zero(4), _hidden_zero(8), _hidden_zero(12), f"1/({_hidden_zero(6)})",
    f"√({_hidden_zero(6)})", ", ".join([_hidden_zero(3)] * 6),
    "(2^(1/64)+3^(1/64))^100", "(√2+√3)^1000", "((√2+√3)^64)^30", "(2^(1/63)+3^(1/62)-1)^64",
    "√" * 38 + "2", "√" * 500 + "2", "∛" * 30 + "2", "1/" * 300 + "2", "-" * 3_000 + "2",
    "2" + "+2" * 290, "2" + "*2" * 290, "2!" * 50, "2" + "!" * 100,
    ", ".join(str(n) for n in range(290)), ", ".join(f"√{n}" for n in range(2, 40)),
    "\\frac{1}{" * 39 + "2" + "}" * 39, "\\sqrt[999999999]{2}", "\\text{" * 600, "^" * 500,
    "no " * 90, "all real numbers except " * 12, "x ≠ " * 100, "±" * 100 + "2", "x = 2 or " * 50,
    "\\int_0^{10^8} x dx", "\\sum_{n=1}^{10^8} n", "∫x dx", "10^{8}!", "x_{" + "1," * 100 + "2}=2",
    "*".join(["7^1400"] * 10) + "√2", "*".join(["7^1400"] * 2) + "√2", "2" + "²" * 3_900,
    "x_{1,", "x_{", "x_{1,}=2", "x_",
    "\\sqrt[", "\\sqrt[3", "|", "\\frac", "\\frac{1}", "2^", "x =",
    "\\boxed{2, 3}", "\\boxed{" * 1_000, "2, 3} \\boxed{2, 3", "x = 2, 3 % comment",
]  # fmt: skip


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: ascii(answer[:20]))
def test_hostile_answers(answer: str) -> None:
    for ask in (Ask.SOLUTIONS, Ask.SUM, Ask.COUNT):
        verdict = verify(Problem(equation=EQUATION, ask=ask), answer)
        assert verdict.verdict is Decision.INCORRECT, verdict
        assert len(str(verdict.answer)) <= 500
        str(verdict).encode()


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: ascii(answer[:20]))
def test_hostile_completions(answer: str) -> None:
    verdict = verify_completion(EQUATION, f"We get \\boxed{{{answer}}}")
    assert verdict.verdict is Decision.INCORRECT or "2, 3" in answer


@pytest.mark.parametrize("equation", HOSTILE, ids=lambda answer: ascii(answer[:20]))
def test_hostile_equations(equation: str) -> None:
    for text in (equation, f"x = {equation}", f"{equation} = 2x"):
        verdict = verify(text, "x = 2, x = 3")
        assert verdict.verdict is not Decision.CORRECT


OTHER_PROBLEMS = [
    Problem(equation="x^7 - x - 1 = 0"),
    Problem(equation="x^3 - x - 1 < 0"),
    Problem(equation="x^2 > 2", domain=Domain.INTEGER),
    Problem(equation="x^2 > 2", domain=Domain.RATIONAL),
    Problem(equation="x^7 - x - 1 = 0", domain=Domain.COMPLEX),
]
HOSTILE_COMPLEX = [
    "i^i", "1/i", "((1+i)^60)^60", "(i+√2)^64", f"1/({_hidden_zero(6)}+i*({_hidden_zero(5)}))",
    f"({_hidden_zero(3)}+i)^60", ", ".join(f"{k}i" for k in range(60)), f"{_hidden_zero(6)}i",
    "√i", "|i|", "(((i+1)^9+√2)^9+√3)^9", "x = i i i i i i i i", "i" * 500, "±" * 9 + "i",
]  # fmt: skip


@pytest.mark.parametrize("index", range(len(OTHER_PROBLEMS)))
def test_hostile_answers_to_other_problems(index: int) -> None:
    problem = OTHER_PROBLEMS[index]
    for answer in [*HOSTILE, *HOSTILE_COMPLEX]:
        verdict = verify(problem, answer)
        assert verdict.verdict is Decision.INCORRECT, verdict
        str(verdict).encode()


@pytest.mark.parametrize("inequality", HOSTILE, ids=lambda answer: ascii(answer[:20]))
def test_hostile_inequalities(inequality: str) -> None:
    for text in (f"x < {inequality}", f"{inequality} < 2x <= {inequality}"):
        for domain in Domain:
            verdict = verify(Problem(equation=text, domain=domain), "x > 2")
            assert verdict.verdict is not Decision.CORRECT


@pytest.mark.parametrize(
    "equation",
    ["x^48 - 2(10^150 x - 1)^2 = 0", "x^40 - 2(10^20 x - 1)^2 = 0", "(x^7-x-1)^6 = 3",
     "cbrt(x)+sqrt[5](x)+sqrt[7](x) = 2", "sqrt[47](x^2+1) = x", "sqrt(x)+cbrt(x+1)+sqrt[4](x+2)=9",
     "|x^7-x-1| + |x^9-x-1| = |x^5+x-1|", "x^48 - 123456789^20 x^7 + 1 < x^3/(x^13-x-1)"],
)  # fmt: skip
def test_heavy_problems(equation: str) -> None:
    assert verify(equation, "x = 2").verdict is not Decision.CORRECT


def test_threads_agree_with_the_main_thread() -> None:
    answers = [*HOSTILE, "2, 3", "x = √4, x = √(5+2√6) + 3 - √2 - √3", "∅"]

    def grade(answer: str) -> tuple[str, str]:
        verdict = verify(EQUATION, answer)
        return verdict.verdict, verdict.reason

    expected = [grade(answer) for answer in answers]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(grade, answers * 2)) == expected * 2
