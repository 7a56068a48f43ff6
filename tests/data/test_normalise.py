import pytest

from rlvr.data.equation import Equation
from rlvr.data.normalise import bucket_of, normalise


def equation(text: str, unknown: str = "x", params: tuple[tuple[str, int], ...] = ()) -> Equation:
    lhs, rhs = text.split(" = ")
    return Equation(
        family="f", form="g", lhs=lhs, rhs=rhs, unknown=unknown, solutions=(), params=params
    )


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("y^2 - 5y + 6 = 0", "y"),
        ("0 = 6 - 5x + x^2", "x"),
        ("-5z + z^2 + 6 = 0", "z"),
    ],
)
def test_names_order_and_sides_do_not_matter(text, unknown):
    assert normalise(equation(text, unknown)) == normalise(equation("x^2 - 5x + 6 = 0"))


@pytest.mark.parametrize(
    "text", ["x^2 + 5x + 6 = 0", "x^2 - 5x = 6", "2x^2 - 10x + 12 = 0", "x^2 - 5x + 6 = x"]
)
def test_other_equations_stay_others(text):
    assert normalise(equation(text)) != normalise(equation("x^2 - 5x + 6 = 0"))


def test_brackets_are_not_cut():
    assert normalise(equation("3 - (3 + y)/y = y", "y")) == "+3-(3+x)/x=+x"


def test_the_value_of_a_parameter_matters():
    six = normalise(equation("a - (a + x)/x = x", params=(("a", 6),)))
    assert six.endswith("@a=6")
    assert six != normalise(equation("a - (a + x)/x = x", params=(("a", 7),)))


def test_buckets_have_their_shares():
    buckets = [bucket_of(f"equation {i}") for i in range(4000)]
    assert abs(buckets.count("test") / 4000 - 0.2) < 0.03
    assert abs(buckets.count("validation") / 4000 - 0.05) < 0.02
