"""Data sets by name: where they are, and in which columns our fields lie (``known_sets.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from rlvr.data.rows import TRAINING_FIELDS, Row, load_rows, read_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSet:
    """``prefix`` and ``suffix`` are cut from the words of a problem where they stand there."""

    name: str
    subsets: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    suffix: str = ""


@cache
def known_sets() -> dict[str, KnownSet]:
    """By their short names."""
    text = (resources.files("rlvr.data") / "known_sets.toml").read_text("utf-8")
    return {
        short: KnownSet(**{**entry, "subsets": tuple(entry.get("subsets", ()))})
        for short, entry in tomllib.loads(text).items()
    }


def find_set(name: str, layout: str | None = None) -> KnownSet:
    """The set of that short name or hub id, or any other in the layout of a known one.

    A set that is not known has our own fields. Raises ``ValueError`` for a layout unknown here.
    """
    known = known_sets()
    if layout is not None:
        if layout not in known:
            raise ValueError(f"no layout {layout!r}; accepted: {', '.join(known)}")
        like = known[layout]
        return KnownSet(name=name, columns=like.columns, prefix=like.prefix, suffix=like.suffix)
    of_id = {each.name.lower(): each for each in known.values()}
    return known.get(name) or of_id.get(name.lower()) or KnownSet(name=name)


def load_set(
    name: str,
    split: str,
    *,
    subset: str | None = None,
    layout: str | None = None,
    columns: str | None = None,
    fields: tuple[str, ...] = TRAINING_FIELDS,
) -> list[Row]:
    """The rows of a data set by name, with our fields.

    ``subset`` and ``columns``, as ``problem=question,gold=answer``, win over what is known of the
    set. Raises ``ValueError`` and ``OSError`` with what is accepted.
    """
    found = find_set(name, layout)
    wanted = {
        field: column for field, column in found.columns.items() if field in fields
    } | read_columns(columns)
    subsets = [each.strip() for each in subset.split(",")] if subset else found.subsets
    rows = [
        row
        for each in subsets or (None,)
        for row in load_rows(found.name, split, each, wanted, fields)
    ]
    return [_without_frame(row, found) for row in rows]


def _without_frame(row: Row, known: KnownSet) -> Row:
    if not known.prefix and not known.suffix:
        return row
    return {
        name: _cut(value, known) if name in ("problem", "text") else value
        for name, value in row.items()
    }


def _cut(value: object, known: KnownSet) -> object:
    """Of a text, or of each of a list of chat messages."""
    if isinstance(value, list):
        return [
            {**turn, "content": _cut(turn.get("content"), known)}
            if isinstance(turn, Mapping)
            else turn
            for turn in value
        ]
    if not isinstance(value, str):
        return value
    text = value.strip().removeprefix(known.prefix).removesuffix(known.suffix)
    return text.strip()
