import pytest

from rlvr.data.tasks import question, read_gold, read_tasks, split_off_unreadable
from verifiers import Ask, Domain, Problem


def read_one(**row):
    tasks, left_out = read_tasks([row])
    assert left_out == []
    return tasks[0]


def test_a_row_of_ours():
    task = read_one(
        id="test-1", family="rational", text="Solve a/x = 1 with a = 2", equation="a/x = 1",
        unknown="x", ask="count", params='{"a": "a = 2"}', difficulty=3,
    )  # fmt: skip
    assert (task.id, task.family, task.difficulty) == ("test-1", "rational", "3")
    assert task.problem == Problem(
        equation="a/x = 1", unknown="x", ask=Ask.COUNT, params={"a": "a = 2"}
    )
    assert task.gold is None


def test_an_equation_alone_gets_words():
    assert read_one(equation="2x = 4").text == "Solve 2x = 4"
    assert read_one(equation="2x = 4").id == "row-000000"
    assert read_one(equation=["x + y = 3", "x y = 2"]).text == "Solve x + y = 3, x y = 2"


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(equation="x = 1", ask=Ask.SUM), "Add up the solutions of x = 1"),
        (Problem(equation="x = 1", domain=Domain.INTEGER), "Solve x = 1 over the integers"),
        (
            Problem(equation="a x = 1", unknown="x", params={"a": "a != 0"}),
            "Solve a x = 1 for x with a != 0",
        ),
    ],
)
def test_words_for_an_equation(problem, text):
    assert question(problem) == text


def test_a_word_problem_is_read_without_gold():
    task = read_one(problem="Find the sum of the solutions of $x^2 = 3x$.")
    assert task.problem == Problem(equation="x^2 = 3x", ask=Ask.SUM)
    assert task.text == "Find the sum of the solutions of $x^2 = 3x$."


def test_a_gold_answer_wins_and_needs_the_words_alone():
    task = read_one(problem="Natalia sold 48 clips ...", gold="#### 72", unknown="n")
    assert (task.gold, task.problem.unknown) == ("72", "n")
    assert read_one(equation="x = 1", gold=1).text == "Solve x = 1"
    assert read_one(text="words", problem="other words", gold="1").text == "words"


def test_a_list_of_messages_is_what_the_user_says():
    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "Solve it."}]
    assert read_one(problem=turns, gold="1").text == "Solve it."


@pytest.mark.parametrize(
    ("text", "gold"),
    [
        ("He has 5.\n#### 5", "5"),
        ("so\n#### 1,234,567 ", "1234567"),
        ("so\n#### 1,2", "1,2"),
        ("We get $x = \\boxed{\\frac{1}{2}}$.", "\\frac{1}{2}"),
        ("\\boxed{1} then \\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
        ("\\boxed{1", "\\boxed{1"),
        (" 1,000 ", "1,000"),
        (7, "7"),
    ],
)
def test_gold_answers_in_the_forms_of_data_sets(text, gold):
    assert read_gold(text) == gold


def test_rows_that_cannot_be_read_are_counted_with_their_reason():
    rows = [
        {"equation": "x = 1", "ask": "why"},
        {"equation": "x = 1", "domain": "quaternions"},
        {"family": "empty"},
        {"gold": "1"},
        {"problem": "Prove Fermat's last theorem."},
        {"equation": "x = 1", "params": "{"},
        {"problem": ["no", "messages"], "gold": "1"},
        {"equation": "x = 1"},
    ]
    tasks, left_out = read_tasks(rows)
    assert [task.id for task in tasks] == ["row-000007"]
    assert [each.id for each in left_out] == [f"row-00000{i}" for i in range(7)]
    assert left_out[1].reason == "unsupported_equation"
    assert all(each.evidence for each in left_out)


def test_what_the_verifier_cannot_judge_is_split_off():
    rows = [
        {"equation": "2x = 4"},
        {"equation": "sin x = x"},
        {"equation": "2x = = 4"},
        {"problem": "How many?", "gold": "72"},
        {"problem": "How much?", "gold": "18 dollars"},
        {"problem": "How much?", "gold": "1,000"},
    ]
    kept, left_out = split_off_unreadable(read_tasks(rows)[0])
    assert [task.id for task in kept] == ["row-000000", "row-000003", "row-000005"]
    assert [each.reason for each in left_out] == [
        "unsupported_equation", "malformed_problem", "malformed_problem"
    ]  # fmt: skip
    assert "dollars" in left_out[2].evidence


def test_an_id_in_two_rows_is_refused():
    with pytest.raises(ValueError, match="1 ids stand in several rows, '7' among them"):
        read_tasks([{"id": 7, "equation": "x = 1"}, {"id": "7", "equation": "x = 2"}])
