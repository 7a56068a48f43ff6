from rich.console import Console

from rlvr.data.tasks import LeftOut
from rlvr.evals.compare import compare
from rlvr.evals.report import comparison_tables, tables
from rlvr.evals.summary import summarise
from tests.evals.make import RIGHT, WRONG, make_answered, make_settings

FAMILIES = ["linear", "quadratic"]


def shown(renderable):
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(renderable)
    return console.export_text()


def records(greedy):
    return [
        make_answered(f"p{i}", greedy, "rrra", FAMILIES[i % 2], f"level {i % 3}") for i in range(12)
    ]


def test_tables_of_one_evaluation():
    left_out = [LeftOut(id="a", reason="unsupported_equation", evidence="")]
    text = shown(tables(summarise(make_settings(), left_out, records(RIGHT), [1, 4])))
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}
    assert rows["greedy"] == ["greedy", "100.0", "[75.8,", "100.0]", "12"]
    assert rows["maj@4"][1] == "100.0"
    assert rows["linear"] == [
        "linear", "100.0", "61-100", "75.0", "36-94", "100.0", "61-100", "100.0", "61-100", "6"
    ]  # fmt: skip
    assert "level 0" in " ".join(text.split())
    assert "left out, not scored: 1 (unsupported_equation 1)" in text
    assert max(map(len, text.splitlines())) <= 80


def test_tables_of_a_comparison():
    found = compare(records(WRONG), [*records(RIGHT), make_answered("x")], ["greedy", "pass@1"], 0)
    text = shown(comparison_tables(found, "evals/a", "evals/b", ["seed: 0, not 1"]))
    assert "greedy: 12 right in B alone, 0 in A alone of 12: p = 0.00049, B is better" in text
    assert "linear: 6 right in B alone, 0 in A alone of 6: p = 0.031, B is better" in text
    assert "0 problems only in A, 1 only in B" in text
    assert "The settings differ (A's, not B's): seed: 0, not 1." in text
    assert "+100.0" in text


def test_names_in_the_data_are_no_markup():
    family, difficulty = "[/bold] [red]x", "level [1]"
    some = [make_answered("p", RIGHT, "rrra", family, difficulty)]
    text = shown(tables(summarise(make_settings(), [], some, [1, 4])))
    assert family in text
    assert difficulty in text
    assert f"{family}: 0 right" in shown(comparison_tables(compare(some, some, [], 0), "", "", []))


def test_a_difference_that_is_not_shown_is_not_called_one():
    a = [make_answered(f"p{i}", RIGHT if i else WRONG) for i in range(5)]
    b = [make_answered(f"p{i}", RIGHT) for i in range(5)]
    text = shown(comparison_tables(compare(a, b, ["greedy"], 0), "a", "b", []))
    assert "1 right in B alone, 0 in A alone of 5: p = 1, no difference is shown" in text
