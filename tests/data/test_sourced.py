import json
from collections import Counter

import datasets
import pytest

from rlvr.config_data import DataConfig, SourceConfig
from rlvr.data.known_sets import load_set
from rlvr.data.sourced import read_source, sifting_lines
from rlvr.data.store import load_or_make, read_siftings, task_of
from rlvr.data.tasks import read_tasks
from verifiers import Domain

WORDS = ("apples", "pears", "plums", "nuts", "figs", "dates", "limes", "melons", "kiwis", "beans")


def problem(n):
    return f"Ann has {n + 10} {WORDS[n % 10]} and eats {n % 7 + 1}. How many {WORDS[n % 10]} stay?"


def rows(count):
    return [{"problem": problem(n), "gold": str(n + 10 - (n % 7 + 1))} for n in range(count)]


def write(path, found):
    path.write_text("\n".join(map(json.dumps, found)))
    return str(path)


def config(source, test=None, **sizes):
    return DataConfig(
        **{"train_size": 100, "validation_size": 3, "test_size": 4} | sizes,
        source=SourceConfig(name=source, split="train"),
        test=SourceConfig(name=test, split="test"),
    )


def test_every_row_is_used_once_or_counted(tmp_path):
    found = rows(20)
    found += [
        {"problem": "What was sold?", "gold": "18 dollars"},  # the verifier reads no such gold
        {"problem": "Prove that there are infinitely many primes."},
        {"problem": problem(5).upper(), "gold": "1"},  # as the row before it, in capitals
        {"equation": "2x = 4", "id": "e"},
    ]
    sourced = read_source(config(write(tmp_path / "a.jsonl", found)), seed=0)
    sizes = {name: len(tasks) for name, tasks in sourced.splits.items()}
    assert sizes == {"train": 14, "validation": 3, "test": 4, "shifted": 0, "sft": 0}
    ids = Counter(t.id for name in ("train", "validation", "test") for t in sourced.splits[name])
    assert set(ids.values()) == {1}
    (sifting,) = sourced.siftings
    assert sifting.rows == 24
    assert sifting.left_out == {"malformed_problem": 1, "repeated": 1, "unreadable_gold": 1}
    assert sum(sifting.used.values()) + sum(sifting.left_out.values()) == 24
    gold = next(each for each in sifting.examples if each["reason"] == "unreadable_gold")
    assert "dollars" in gold["evidence"]
    (line,) = sifting_lines([json.loads(json.dumps(s)) for s in [vars_of(sifting)]])
    assert "24 rows; used: 14 train, 3 validation, 4 test; left out: " in line


def vars_of(sifting):
    return {name: getattr(sifting, name) for name in ("name", "rows", "used", "left_out")}


def test_planted_duplicates_of_the_test_set_are_removed_and_other_numbers_are_not(tmp_path):
    tested = rows(4)
    planted = [
        {"problem": "  " + problem(0).replace(" ", "\n"), "gold": "9"},
        {"problem": problem(1).replace("11", "$11$"), "gold": "9"},
        {"problem": problem(2).replace("eats", "then eats"), "gold": "9"},
        {"problem": problem(3).replace("13", "130"), "gold": "126"},
    ]
    source = write(tmp_path / "train.jsonl", rows(40)[20:] + planted)
    test = write(tmp_path / "test.jsonl", tested)
    sourced = read_source(config(source, test), seed=0)
    train, tests = sourced.siftings
    assert train.left_out == {"near_duplicate": 3}
    assert {each["evidence"] for each in train.examples} == {problem(n) for n in range(3)}
    assert tests.used == {"test": 4}
    assert problem(3).replace("13", "130") in {t.text for t in sourced.splits["train"]}


def test_sets_to_stay_away_from(tmp_path):
    avoided = write(tmp_path / "avoid.jsonl", rows(30)[10:])
    found = config(write(tmp_path / "a.jsonl", rows(30)), validation_size=0, test_size=1)
    sourced = read_source(found.model_copy(update={"avoid": (avoided,)}), seed=0)
    texts = {task.text for task in sourced.splits["train"]}
    assert texts <= {problem(n) for n in range(10)}
    assert sourced.siftings[0].left_out["near_duplicate"] >= 19


def test_sizes_are_upper_bounds_and_counted(tmp_path):
    source, test = write(tmp_path / "a.jsonl", rows(30)), write(tmp_path / "b.jsonl", rows(9))
    train, tests = read_source(
        config(source, test, train_size=5, validation_size=0, test_size=2), seed=0
    ).siftings
    assert train.used["train"] == 5
    assert train.left_out == {"near_duplicate": 9, "over_train_size": 16}
    assert tests.left_out == {"over_test_size": 7}


def test_only_workings_with_the_right_answer_are_lessons(tmp_path):
    found = rows(10)
    for number, row in enumerate(found):
        answer = row["gold"] if number % 2 else "999"
        row["working"] = f"We subtract: \\boxed{{{answer}}}"
    path = write(tmp_path / "a.jsonl", found)
    sourced = read_source(config(path, validation_size=0, test_size=1), seed=0)
    (sifting,) = sourced.siftings
    assert sifting.used["sft"] + sifting.left_out["working_not_right"] == 9
    assert {"999" in text for text in sourced.workings.values()} == {False}
    assert [t.id for t in sourced.splits["sft"]] == list(sourced.workings)


def test_too_few_problems_say_why(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"problem": "What?", "gold": "18 dollars"}] * 2)
    with pytest.raises(ValueError, match=r"of 2 rows 0 are left .* 1 unreadable_gold \(.*dollars"):
        read_source(config(path), seed=0)


def test_stored_splits_give_the_same_tasks_to_training_and_evaluation(tmp_path):
    found = [
        *rows(6),
        {"equation": ["x + y = 3", "x - y = 1"], "id": "system", "difficulty": 3},
        {"equation": "a x = 4", "unknown": "x", "params": {"a": "a = 2"}, "domain": "integer"},
    ]
    settings = config(write(tmp_path / "a.jsonl", found), validation_size=0, test_size=1)
    folder = tmp_path / "data"
    made = load_or_make(settings, 0, folder)
    assert isinstance(made, datasets.DatasetDict)
    again = load_or_make(settings, 0, folder)
    train = [task_of(row) for row in again["train"]]
    assert train == list(read_source(settings, 0).splits["train"])
    assert {task.problem.domain for task in train} >= {Domain.REAL}
    assert read_tasks(load_set(str(folder), "train"))[0] == train
    assert set(again) == {"train", "test"}
    assert read_siftings(folder)[0]["rows"] == 8
