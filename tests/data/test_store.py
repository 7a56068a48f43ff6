from hashlib import sha256

import datasets
import pytest

from rlvr.config import DataConfig
from rlvr.data.store import SPLITS, load_or_make, make_datasets, task_of
from verifiers import Ask

SMALL = DataConfig(sft_size=50, train_size=30, validation_size=10, test_size=20, shifted_size=10)


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(f.relative_to(folder)): sha256(f.read_bytes()).hexdigest() for f in files}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        make_datasets(SMALL, seed, tmp_path / name)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


def test_what_is_on_disk_is_a_dataset(tmp_path):
    made = load_or_make(SMALL, 0, tmp_path / "data")
    read = datasets.load_from_disk(str(tmp_path / "data"))
    assert set(read) == set(SPLITS)
    assert all(read[split].to_list() == made[split].to_list() for split in SPLITS)
    before = digests(tmp_path / "data")
    load_or_make(SMALL, 1, tmp_path / "data")  # there already: read, not made
    assert digests(tmp_path / "data") == before


def test_a_row_is_a_task(tmp_path):
    rows = make_datasets(SMALL, 0, tmp_path / "data")["test"]
    tasks = [task_of(row) for row in rows]
    assert tasks[1].family == "quadratic"
    assert tasks[1].problem.equation in tasks[1].text
    assert {task.problem.ask for task in tasks} <= set(Ask)


def test_a_folder_that_lacks_a_split_is_refused(tmp_path):
    datasets.DatasetDict({"train": datasets.Dataset.from_list([{"id": "1"}])}).save_to_disk(
        tmp_path / "data"
    )
    with pytest.raises(ValueError, match="lacks the splits sft, validation, test, shifted"):
        load_or_make(SMALL, 0, tmp_path / "data")
