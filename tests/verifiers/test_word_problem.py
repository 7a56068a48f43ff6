"""Word problems: read as a whole, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import Ask, verify
from verifiers.word_problem import WordProblemError, read_word_problem

EQUATION = "3 - (3+y)/y = y"
READ = [
    ("Solve 3 - (3+y)/y = y for y.", EQUATION, "y", Ask.SOLUTIONS),
    ("Solve $3 - (3+y)/y = y$.", EQUATION, None, Ask.SOLUTIONS),
    (r"Solve \(3 - (3+y)/y = y\) for \(y\).", EQUATION, "y", Ask.SOLUTIONS),
    ("Solve for $y$: \\[3 - (3+y)/y = y.\\]", EQUATION, "y", Ask.SOLUTIONS),
    ("Solve for y: 3 - (3+y)/y = y", EQUATION, "y", Ask.SOLUTIONS),
    ("Solve the equation $$3 - (3+y)/y = y$$ over the real numbers.", EQUATION, None,
     Ask.SOLUTIONS),
    ("Find all real solutions of $3 - (3+y)/y = y$.", EQUATION, None, Ask.SOLUTIONS),
    ("Find all real numbers $y$ such that $3 - (3+y)/y = y$.", EQUATION, "y", Ask.SOLUTIONS),
    ("What are the solutions to the equation 3 - (3+y)/y = y?", EQUATION, None, Ask.SOLUTIONS),
    ("Determine all values of y that satisfy 3 - (3+y)/y = y.", EQUATION, "y", Ask.SOLUTIONS),
    ("If $3 - (3+y)/y = y$, what is the value of $y$?", EQUATION, "y", Ask.SOLUTIONS),
    ("Given that 2x = 4, find x.", "2x = 4", "x", Ask.SOLUTIONS),
    ("What is x if 2x = 4?", "2x = 4", "x", Ask.SOLUTIONS),
    ("2x = 4. Find x.", "2x = 4", "x", Ask.SOLUTIONS),
    ("Let $x$ be a real number such that $2x = 4$. Find $x$.", "2x = 4", "x", Ask.SOLUTIONS),
    ("For what value of $x$ is $2x = 4$?", "2x = 4", "x", Ask.SOLUTIONS),
    ("Find the sum of all real solutions of $x^2 = 4$.", "x^2 = 4", None, Ask.SUM),
    ("What is the sum of all values of $x$ such that $x^2 = 4$?", "x^2 = 4", "x", Ask.SUM),
    ("Compute the product of the real roots of $x^2 = 4$.", "x^2 = 4", None, Ask.PRODUCT),
    ("How many real solutions does the equation x^2 = 4 have?", "x^2 = 4", None, Ask.COUNT),
    ("How many distinct real roots does $x^2 = 4$ have?", "x^2 = 4", None, Ask.COUNT),
    ("What is the number of solutions of $x^2 = 4$?", "x^2 = 4", None, Ask.COUNT),
    ("What is the largest solution of $x^2 = 4$?", "x^2 = 4", None, Ask.LARGEST),
    ("Find the smallest value of $x$ that satisfies $x^2 = 4$.", "x^2 = 4", "x", Ask.SMALLEST),
    ("Question: Solve $2x = 4$. Please put your final answer in \\boxed{}.", "2x = 4", None,
     Ask.SOLUTIONS),
    ("Solve $2x = 4$. Show your work.", "2x = 4", None, Ask.SOLUTIONS),
    ("Solve $2A = a$ for $A$.", "2A = a", "A", Ask.SOLUTIONS),
    ("Solve 0.5x = 1.5 for x.", "0.5x = 1.5", "x", Ask.SOLUTIONS),
    ("Solve the system $x + y = 3$, $x - y = 1$ for $x$ and $y$.", "x + y = 3, x - y = 1", "x,y",
     Ask.SOLUTIONS),
    (r"Solve \begin{cases} x + y = 3 \\ x - y = 1 \end{cases}", "x + y = 3, x - y = 1", None,
     Ask.SOLUTIONS),
]  # fmt: skip
REFUSED = [
    "", "x", "$x^2 = 4$", "Solve $x^2$.", "Solve it.", "Solve $x^2 = 4$ elegantly.",
    "Solve x^2 = 4 elegantly.", "Find the positive solution of $x^2 = 4$.",
    "Find all integer solutions of $x^2 = 4$.", "Solve $x^2 = 4$ over the complex numbers.",
    "Find the sum of the squares of the solutions of $x^2 = 4$.",
    "Find the sum of the roots of $x^2 = 4$.",  # complex ones? a double one twice?
    "Find $x + y$ if $2x = y$ and $y = 3$.", "Find the value of $x^2$ if $2x = 4$.",
    "Solve $2x = 4$ and $3x = 6$ separately.", "Solve $2x = 4$. Round to two decimals.",
    "Solve $2x = 4$. Then add 3 to $x$.", "How many ways are there to solve $2x = 4$?",
    "What is the largest integer less than the solution of $2x = 4$?",
    "Tom has $2x = 4$ apples. Find x.", "If 2x = 4, find 3x.", "Do not solve $2x = 4$.",
    "Is $2x = 4$?", "Solve 2x = 4 or 3x = 9 for x.", "Find the sum of all solutions of $x + 1$.",
    "Solve $2x = 4$ for $x > 0$.", "Solve $2x = 4$ for $x^2$.", "Solve " + "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize(("text", "equation", "unknown", "ask"), READ)
def test_read(text: str, equation: str, unknown: str | None, ask: Ask) -> None:
    problem = read_word_problem(text)
    assert (problem.equation, problem.unknown, problem.ask) == (equation, unknown, ask)


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(WordProblemError):
        read_word_problem(text)


def test_what_stands_beside_it_must_agree() -> None:
    text = "Find the sum of all values of $x$ such that $x^2 = a$."
    problem = read_word_problem(text, unknown="x", ask=Ask.SUM, params={"a": "a = 4"})
    assert (problem.unknown, problem.ask, dict(problem.params)) == ("x", Ask.SUM, {"a": "a = 4"})
    assert verify(problem, "0").verdict == "correct"
    with pytest.raises(WordProblemError, match="asks for x, the record for a"):
        read_word_problem(text, unknown="a")
    with pytest.raises(WordProblemError, match="asks for sum, the record count"):
        read_word_problem(text, ask=Ask.COUNT)
    with pytest.raises(WordProblemError):
        read_word_problem("Solve $2x = 4$.", ask=Ask.SUM)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_other_word_is_refused_or_part_of_a_formula(before: str, after: str) -> None:
    text = f"{before} Solve $x^2 = 4$ {after}"
    try:
        problem = read_word_problem(text)
    except WordProblemError:
        return
    assert "x^2 = 4" in problem.equation


@pytest.mark.parametrize(
    "text", ["Solve " * 300, "$" * 2000, "$x=1$" * 380, "solve for x, " * 150, "\x1a0\x1a = 1",
             "find all the " * 140 + "= 1", "x and " * 300, "Solve " + "x = 1 and " * 190]
)  # fmt: skip
def test_hostile_texts_are_quick(text: str) -> None:
    read_word_problem("Solve $x = 1$.")  # compiles the sentences
    with pytest.raises(WordProblemError):
        read_word_problem(text)
