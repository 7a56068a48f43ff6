from __future__ import annotations

import gzip
import json
from pathlib import Path

import datasets
import pyarrow as pa
import pytest
from pyarrow import parquet

from rlvr.data.rows import load_rows, read_columns

ROWS = [
    {"id": "a", "equation": "2x = 4", "params": {}, "other": 1},
    {"id": "b", "equation": "a x = 4", "params": {"a": "a = 2"}, "unknown": None},
]
WANTED = [
    {"id": "a", "equation": "2x = 4", "params": {}},
    {"id": "b", "equation": "a x = 4", "params": {"a": "a = 2"}},
]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def write_hub(folder: Path, rows: list[dict], subset: str = "main", split: str = "test") -> Path:
    """A data set as it lies on the hub: a card that names the files of a configuration."""
    (folder / subset).mkdir(parents=True)
    parquet.write_table(
        pa.Table.from_pylist(rows), folder / subset / f"{split}-00000-of-00001.parquet"
    )
    (folder / "README.md").write_text(
        f"---\nconfigs:\n- config_name: {subset}\n  data_files:\n  - split: {split}\n"
        f"    path: {subset}/{split}-*\n---\n# A data set\n"
    )
    return folder


def test_json_lines_plain_and_compressed(tmp_path):
    text = "\n".join(map(json.dumps, ROWS)) + "\n\n"
    (tmp_path / "a.jsonl").write_text(text)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("a.jsonl", "a.jsonl.gz"):
        assert load_rows(str(tmp_path / name)) == WANTED


def test_parquet(tmp_path):
    rows = [{"gold": "1/2", "problem": "p", "difficulty": 3}, {"gold": "2", "problem": "q"}]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    assert load_rows(str(tmp_path / "a.parquet")) == rows


def test_folders_of_datasets_and_a_run(tmp_path):
    rows = [{"id": "1", "equation": "x = 1"}, {"id": "2", "equation": "x = 2"}]
    parts = {name: datasets.Dataset.from_list([row]) for name, row in zip("ab", rows, strict=True)}
    datasets.DatasetDict(parts).save_to_disk(tmp_path / "run" / "data")
    assert load_rows(str(tmp_path / "run" / "data"), "b") == rows[1:]
    (tmp_path / "run" / "config.toml").write_text("")
    assert load_rows(str(tmp_path / "run"), "a") == rows[:1]
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path / "plain")
    assert load_rows(str(tmp_path / "plain")) == rows
    with pytest.raises(ValueError, match="no split 'test'; there are a, b"):
        load_rows(str(tmp_path / "run"))


def test_the_layout_of_gsm8k(tmp_path):
    folder = write_hub(tmp_path / "gsm8k", [{"question": "How many?", "answer": "So 5.\n#### 5"}])
    found = load_rows(str(folder), "test", "main", read_columns("problem=question,gold=answer"))
    assert found == [{"problem": "How many?", "gold": "So 5.\n#### 5"}]


def test_the_layout_of_math_500(tmp_path):
    row = {
        "problem": "Find $x$.", "solution": "...", "answer": "\\frac{1}{2}", "subject": "Algebra",
        "level": 2, "unique_id": "test/algebra/1.json",
    }  # fmt: skip
    (tmp_path / "math").mkdir()
    (tmp_path / "math" / "test.jsonl").write_text(json.dumps(row) + "\n")
    columns = read_columns("gold=answer, family=subject, difficulty=level, id=unique_id")
    assert load_rows(str(tmp_path / "math"), columns=columns) == [
        {"id": "test/algebra/1.json", "problem": "Find $x$.", "gold": "\\frac{1}{2}",
         "family": "Algebra", "difficulty": 2}
    ]  # fmt: skip


def test_the_layout_of_dapo_has_its_gold_in_an_object(tmp_path):
    row = {
        "prompt": [{"role": "user", "content": "Solve it."}],
        "reward_model": {"ground_truth": "34", "style": "rule"},
        "data_source": "math_dapo",
    }
    folder = write_hub(tmp_path / "dapo", [row], "default", "train")
    columns = read_columns("problem=prompt,gold=reward_model.ground_truth,family=data_source")
    found = load_rows(str(folder), "train", columns=columns)
    assert found == [{"problem": row["prompt"], "gold": "34", "family": "math_dapo"}]


def test_a_column_given_to_a_field_is_no_other_field(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"problem": "p", "gold": "the words"}))
    columns = {"text": "gold"}
    assert load_rows(str(tmp_path / "a.jsonl"), columns=columns) == [
        {"text": "the words", "problem": "p"}
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("./nowhere", "there is no file or folder ./nowhere; accepted: a run folder"),
        ("nowhere.jsonl", "there is no file or folder"),
        ("nobody/no-such-set", "no data set nobody/no-such-set"),
    ],
)
def test_data_that_is_not_there(data, message):
    with pytest.raises(ValueError, match=message):
        load_rows(data)


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        ("{}\nnot json\n", {}, "line 2: not JSON"),
        ("[1]\n", {}, "line 1: not a JSON object"),
        ("", {}, "has no rows"),
        ('{"question": 1}\n', {"gold": "answer"}, "has no column answer; it has question"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, content, columns, message):
    (tmp_path / "a.jsonl").write_text(content)
    with pytest.raises(ValueError, match=message):
        load_rows(str(tmp_path / "a.jsonl"), columns=columns)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n")
    (tmp_path / "b.parquet").write_text("no parquet")
    with pytest.raises(ValueError, match=r"accepted: .*\.jsonl"):
        load_rows(str(tmp_path / "a.csv"))
    with pytest.raises(ValueError, match="is no parquet file"):
        load_rows(str(tmp_path / "b.parquet"))


def test_columns_are_read_or_refused():
    assert read_columns(None) == read_columns("") == {}
    assert read_columns("gold=a.b") == {"gold": "a.b"}
    for text in ("answer=gold", "gold", "gold=", "=x"):
        with pytest.raises(ValueError, match="accepted: FIELD=COLUMN with a field among id, text"):
            read_columns(text)
