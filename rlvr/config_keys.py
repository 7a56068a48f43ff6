"""The keys of the configuration, in words: which there are, what each accepts, which is nearest."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rlvr.config import Config


@cache
def fields() -> dict[str, FieldInfo]:
    """Every key that holds a value, dotted: ``{"seed": ..., "sft.optimizer.lr": ...}``."""
    return dict(_walk(Config, ""))


@cache
def parts() -> dict[str, dict[str, type[BaseModel]]]:
    """Every section that comes in kinds: ``{"grpo.surrogate": {"clipped": ClippedConfig, ...}}``.

    Its keys in ``fields`` are those of all kinds together.
    """
    return dict(_parts(Config, ""))


def part_of(key: str) -> str | None:
    """The section of several kinds that a key belongs to."""
    section = key.rpartition(".")[0]
    return section if section in parts() else None


def full_key(key: str, value: object) -> str:
    """A part may be given by its kind alone: ``grpo.surrogate=cispo``."""
    return f"{key}.kind" if key in parts() and isinstance(value, str) else key


def accepted_by_kind(part: str) -> str:
    """``'kind "clipped" accepts clip_low, clip_high; kind "reinforce" accepts nothing else'``."""
    words = []
    for kind, section in parts()[part].items():
        keys = [key for key in section.model_fields if key != "kind"]
        words.append(f'kind "{kind}" accepts {", ".join(keys) or "nothing else"}')
    return "; ".join(words)


@cache
def sections() -> frozenset[str]:
    """Every key that holds a table of keys: ``{"sft", "sft.optimizer", ...}``."""
    parts = [key.split(".")[:-1] for key in fields()]
    return frozenset(".".join(part[: n + 1]) for part in parts for n in range(len(part)))


def takes(key: str) -> list[Any]:
    """The types that a key takes, without their limits: ``[str, NoneType]``."""
    annotation = fields()[key].annotation
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return [getattr(part, "__origin__", part) for part in parts]


def accepts(key: str) -> str:
    """What a key accepts, for a person: ``"a whole number, at least 1"``."""
    field = fields()[key]
    if field.description:
        return field.description
    if get_origin(field.annotation) is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in get_args(field.annotation))
    names = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        Path: "a path",
        NoneType: "",
    }
    words = " or ".join(filter(None, (names.get(kind, str(kind)) for kind in takes(key))))
    for name, limit in (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below")):
        for constraint in field.metadata:
            if hasattr(constraint, name):
                words += f", {limit} {getattr(constraint, name)}"
    if any(getattr(constraint, "min_length", 0) for constraint in field.metadata):
        words += ", not empty"
    return words


def unknown(key: str) -> str:
    """Why a key is refused, and which known ones may have been meant."""
    if key in sections():
        inside = [name for name in fields() if name.rpartition(".")[0] == key]
        return f"is a section, accepts {', '.join(inside)}"
    known = [*fields(), *sections()]
    last = key.rpartition(".")[2]
    elsewhere = [name for name in fields() if name.rpartition(".")[2] == last]
    if elsewhere and not difflib.get_close_matches(key, known, cutoff=0.8):
        return f"unknown key; did you mean {' or '.join(elsewhere)}?"
    return f"unknown key{nearest(key, known)}"


def nearest(word: str, known: Sequence[str]) -> str:
    """``"; did you mean ...?"`` with the known word that is most like this one, or nothing."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _walk(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _walk(field.annotation, f"{prefix}{name}.")
        elif kinds := _kinds(field):
            choice: Any = Literal.__getitem__(tuple(kinds))
            yield f"{prefix}{name}.kind", FieldInfo(annotation=choice, default=field.default.kind)
            for section in kinds.values():
                for key, value in _walk(section, f"{prefix}{name}."):
                    if not key.endswith(".kind"):
                        yield key, value
        else:
            yield prefix + name, field


def _parts(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _parts(field.annotation, f"{prefix}{name}.")
        elif kinds := _kinds(field):
            yield prefix + name, kinds


def _kinds(field: FieldInfo) -> dict[str, type[BaseModel]]:
    if field.discriminator != "kind":
        return {}
    return {section.model_fields["kind"].default: section for section in get_args(field.annotation)}
