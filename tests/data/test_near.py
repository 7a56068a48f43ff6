import pytest

from rlvr.data.near import NearDuplicates
from rlvr.data.wording import tokens
from rlvr.types import Task
from verifiers import Problem

EVALUATED = (
    "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in"
    " May. How many clips did Natalia sell altogether in April and May?"
)
LATEX = "Solve $\\left( x + 3 \\right)^{2} = \\dfrac{1}{2}$ for real $x$, where $x \\leq 1{,}000$."


def task(text: str, gold: str | None = "1", equation: str = "", unknown: str | None = None) -> Task:
    problem = Problem(equation=equation or text, unknown=unknown)
    return Task(id=text, family="", text=text, problem=problem, gold=gold)


def is_found(evaluated: str, text: str) -> bool:
    return NearDuplicates([task(evaluated)]).find(task(text)) is not None


@pytest.mark.parametrize(
    ("evaluated", "text"),
    [
        (EVALUATED, EVALUATED),
        (EVALUATED, EVALUATED.upper().replace(" ", "\n  ")),
        (EVALUATED, EVALUATED.replace("Natalia", "Olga").replace("clips", "pins")),
        (EVALUATED, "Read carefully. " + EVALUATED + " Give a whole number."),
        (EVALUATED, "In April Natalia sold clips to 48 of her friends, and then she sold half as"
         " many in May. How many did Natalia sell altogether in April and May?"),
        (LATEX, "Solve (x+3)^2 = 1/2 for real x, where x <= 1000."),
        (LATEX, "Solve (y + 3)² = \\frac12 for real y, where y ≤ 1,000"),
        ("What is $3 \\times 4 \\div 5$?", "What is 3*4/5"),
        ("Find a two-digit number with digit sum 9.", "find a 2-digit number with digit sum $9$"),
        ("Simplify $\\frac{x+1}{\\sqrt{x+2}}$.", "simplify (x+1)/sqrt(x+2)"),
        ("It costs \\$5. What do 3 cost?", "It costs $5$. What do 3 cost?"),
        ("Name it.", "name it"),
    ],
)  # fmt: skip
def test_other_spellings_and_words_are_found(evaluated, text):
    assert is_found(evaluated, text)
    assert is_found(text, evaluated)


@pytest.mark.parametrize(
    ("evaluated", "text"),
    [
        (EVALUATED, EVALUATED.replace("48", "46")),
        (EVALUATED, EVALUATED.replace("half", "twice")),
        (LATEX, LATEX.replace("+ 3", "- 3")),
        (LATEX, LATEX.replace("^{2}", "^{3}")),
        (LATEX, LATEX.replace("{1}{2}", "{1}{3}")),
        (LATEX, LATEX.replace("\\leq", "\\geq")),
        ("Solve 2x + 3 = 7.", "Solve 2(x + 3) = 7."),
        ("Solve 2.5x = 1.", "Solve 25x = 1."),
        ("Find a two-digit number.", "Find a three-digit number."),
        ("What is the area of the square?", "What is the perimeter of the long room?"),
        ("Tom buys 3 apples and 4 pears. How many fruits?", "In 4 days 3 men dig a well. Who?"),
    ],
)
def test_other_numbers_and_other_problems_are_not(evaluated, text):
    assert not is_found(evaluated, text)


def test_equations_are_compared_by_their_normal_form():
    known = NearDuplicates([task("Solve y^2 - 5y + 6 = 0", None, "y^2 - 5y + 6 = 0", "y")])
    same = task("What solves 0 = 6 - 5z + z^2, my friend?", None, "0 = 6 - 5z + z^2")
    assert known.find(same) == "Solve y^2 - 5y + 6 = 0"
    assert known.find(task("Which z is it?", None, "0 = 6 + 5z + z^2")) is None


def test_tokens_by_hand():
    assert tokens("The sum of $2x$ and -3 is 1,000.5!") == (
        "sum", "of", "2", "@", "and", "-", "3", "is", "1000", ".5"
    )  # fmt: skip
    assert tokens("f(x) = 2(x+1) (in cm)") == (
        "@", "(", "@", "=", "2", "(", "@", "+", "1", "in", "cm"
    )  # fmt: skip
