import importlib.util
import json
from pathlib import Path

import pytest

from rlvr.data.known_sets import find_set, known_sets, load_set
from rlvr.data.rows import TRAINING_FIELDS
from rlvr.data.tasks import read_tasks

_spec = importlib.util.spec_from_file_location(
    "known_layouts", Path(__file__).with_name("known_layouts.py")
)
assert _spec is not None
layouts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(layouts)


@pytest.mark.parametrize(
    ("layout", "gold"),
    [
        ("gsm8k", ["30", "1700"]),
        ("math", ["\\frac{5}{6}", "-3, 3"]),
        ("math-500", ["4"]),
        ("dapo-math-17k", ["8"] * 3 + ["120"] * 3),
        ("big-math", ["17"]),
        ("deepmath", ["1"]),
    ],
)
def test_each_known_layout_gives_tasks_with_their_gold(tmp_path, layout, gold):
    path = layouts.write_parquet(tmp_path / "a.parquet", layouts.ROWS[layout])
    tasks, left_out = read_tasks(load_set(str(path), "train", layout=layout))
    assert left_out == []
    assert [task.gold for task in tasks] == gold
    assert all(task.text for task in tasks)


def test_fields_beside_the_gold(tmp_path):
    path = layouts.write_parquet(tmp_path / "a.parquet", layouts.MATH)
    first = load_set(str(path), "train", layout="math")[0]
    assert (first["family"], first["difficulty"]) == ("Prealgebra", "Level 1")
    assert first["working"].startswith("Over 6")
    assert "working" not in load_set(str(path), "train", layout="math", fields=("problem",))[0]


def test_the_frame_of_a_prompt_is_cut_off(tmp_path):
    path = layouts.write_parquet(tmp_path / "a.parquet", layouts.DAPO)
    tasks, _ = read_tasks(load_set(str(path), "train", layout="dapo-math-17k"))
    assert {task.text for task in tasks} == {"How many primes are below 20?", "What is $5!$?"}


def test_our_own_file_needs_no_layout(tmp_path):
    rows = [
        {"id": "a", "equation": "2x = 4", "family": "linear"},
        {"id": "b", "problem": "How many?", "gold": "72", "working": "\\boxed{72}"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert load_set(str(tmp_path / "a.jsonl"), "train") == rows


def test_columns_win_over_the_layout(tmp_path):
    path = layouts.write_parquet(tmp_path / "a.parquet", layouts.MATH_500)
    (row,) = load_set(str(path), "test", layout="math-500", columns="gold=level")
    assert (row["gold"], row["id"]) == (1, "test/algebra/1.json")


def test_names_find_their_set():
    assert find_set("gsm8k").name == "openai/gsm8k"
    assert find_set("OpenAI/GSM8K").columns["gold"] == "answer"
    assert find_set("somebody/else").columns == {}
    with pytest.raises(ValueError, match="no layout 'gsm'; accepted: gsm8k, math"):
        find_set("a.jsonl", "gsm")


@pytest.mark.parametrize("name", known_sets())
def test_the_registry_names_fields_of_ours_and_hub_ids(name):
    known = known_sets()[name]
    assert set(known.columns) <= set(TRAINING_FIELDS)
    assert known.name.count("/") == 1
