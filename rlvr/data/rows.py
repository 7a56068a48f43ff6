"""Where problems come from: files, folders of ``datasets``, the hub; all of them become rows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets

FIELDS = (
    "id", "text", "problem", "equation", "gold", "unknown", "domain", "params", "ask",
    "family", "difficulty",
)  # fmt: skip
# A worked solution, for the supervised stage alone.
TRAINING_FIELDS = (*FIELDS, "working")
_ENDINGS = (".jsonl", ".jsonl.gz", ".parquet")
ACCEPTED = (
    "a run folder, a folder that `rlvr data` or datasets' save_to_disk wrote, a .jsonl, .jsonl.gz"
    " or .parquet file, or the name or folder of a data set of the hub"
)

Row = dict[str, Any]


def read_columns(text: str | None) -> dict[str, str]:
    """``problem=question,gold=answer`` as a dict; raises ``ValueError`` for fields unknown here."""
    columns: dict[str, str] = {}
    for part in (text or "").split(","):
        field, sign, column = (each.strip() for each in part.partition("="))
        if not part.strip():
            continue
        if field not in TRAINING_FIELDS or not sign or not column:
            raise ValueError(
                f"columns: {part.strip()!r}; accepted: FIELD=COLUMN with a field among"
                f" {', '.join(TRAINING_FIELDS)}"
            )
        columns[field] = column
    return columns


def load_rows(
    data: str,
    split: str = "test",
    subset: str | None = None,
    columns: Mapping[str, str] = {},
    fields: Sequence[str] = FIELDS,
) -> list[Row]:
    """The rows of a data set with ``fields`` alone, those that they have and that are not null.

    ``columns`` says which column a field is in, where it has another name; a dot goes into an
    object, as in ``reward_model.ground_truth``. Raises ``ValueError`` and ``OSError`` with what is
    accepted.
    """
    rows = [_fields(row, columns, fields) for row in _rows(data, split, subset)]
    missing = [column for field, column in columns.items() if not any(field in row for row in rows)]
    if rows and missing:
        found = ", ".join(next(iter(_rows(data, split, subset))))
        raise ValueError(f"{data} has no column {', '.join(missing)}; it has {found}")
    if not rows:
        raise ValueError(f"{data} has no rows")
    return rows


def _rows(data: str, split: str, subset: str | None) -> Iterable[Mapping[str, Any]]:
    path = Path(data).expanduser()
    if path.is_file():
        return _file(path)
    if not path.is_dir():
        if data.startswith((".", "/", "~")) or data.endswith(_ENDINGS):
            raise ValueError(f"there is no file or folder {data}; accepted: {ACCEPTED}")
        return _loaded(data, split, subset)
    if (path / "config.toml").is_file() and (path / "data").is_dir():
        path = path / "data"
    if (path / "dataset_dict.json").is_file():
        splits = datasets.load_from_disk(str(path))
        return _picked(splits, split, data)
    if (path / "state.json").is_file():
        whole: Iterable[Mapping[str, Any]] = datasets.load_from_disk(str(path))
        return whole
    return _loaded(str(path), split, subset)


def _file(path: Path) -> Iterable[Mapping[str, Any]]:
    if path.name.endswith(".parquet"):
        from pyarrow import parquet

        try:
            rows: list[Row] = parquet.read_table(path).to_pylist()
        except ValueError as error:  # pyarrow's own errors are ValueErrors
            raise ValueError(f"{path} is no parquet file: {error}") from error
        return rows
    if not path.name.endswith(_ENDINGS):
        raise ValueError(f"{path}: accepted: {ACCEPTED}")
    opener: Any = gzip.open if path.name.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [_line(line, path, number) for number, line in enumerate(file, 1) if line.strip()]


def _line(line: str, path: Path, number: int) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}, line {number}: not JSON: {error}") from None
    if not isinstance(row, dict):
        raise ValueError(f"{path}, line {number}: not a JSON object")
    return row


def _loaded(name: str, split: str, subset: str | None) -> Iterable[Mapping[str, Any]]:
    """A data set of the hub, or a folder in its layout."""
    try:
        return _picked(datasets.load_dataset(name, subset), split, name)
    except datasets.exceptions.DatasetGenerationError as error:
        raise ValueError(f"{name} cannot be read: {error.__cause__ or error}") from error
    except (datasets.exceptions.DatasetNotFoundError, ConnectionError) as error:
        raise ValueError(
            f"there is no data set {name} here, and the hub gave none ({error});"
            f" accepted: {ACCEPTED}"
        ) from error


def _picked(splits: Mapping[str, Any], split: str, data: str) -> Iterable[Mapping[str, Any]]:
    if split not in splits:
        raise ValueError(f"{data} has no split {split!r}; there are {', '.join(splits)}")
    rows: Iterable[Mapping[str, Any]] = splits[split]
    return rows


def _fields(row: Mapping[str, Any], columns: Mapping[str, str], fields: Sequence[str]) -> Row:
    found = {field: _dig(row, columns.get(field, field)) for field in fields}
    # A column that was given to one field is not another's too, unless that is said.
    taken = set(columns.values())
    return {
        field: value
        for field, value in found.items()
        if value is not None and (field in columns or field not in taken)
    }


def _dig(row: Mapping[str, Any], column: str) -> Any:
    if column in row:
        return row[column]
    first, dot, rest = column.partition(".")
    inner = row.get(first) if dot else None
    return _dig(inner, rest) if isinstance(inner, Mapping) else None
