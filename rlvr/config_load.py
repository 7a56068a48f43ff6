"""TOML and command-line overrides to a ``Config`` and back; every mistake is named in one error."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import NoneType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rlvr.config import Config
from rlvr.config_keys import (
    accepted_by_kind,
    accepts,
    fields,
    full_key,
    nearest,
    part_of,
    parts,
    sections,
    takes,
    unknown,
)


@dataclass(frozen=True, slots=True)
class _Setting:
    """A value that the user gave, and where. ``raw`` is an override's text before parsing."""

    key: str
    value: object
    origin: str
    raw: str | None = None


def load_config(
    preset: str | None = None, path: Path | None = None, overrides: Sequence[str] = ()
) -> Config:
    """The configuration from the defaults, a preset, a TOML file and overrides, later ones winning.

    An override is ``grpo.steps=40``: a dotted key and a TOML value. Bare words are strings, and
    ``none`` clears a key that may be empty. Raises one ``ValueError`` that lists every unknown key
    (with the nearest known one) and every wrong value (with what is accepted), and where it stood.
    """
    problems: list[str] = []
    layers: list[list[_Setting]] = []
    if preset is not None:
        layers.append(_from_toml(_preset_text(preset), f"preset {preset}", problems))
    if path is not None:
        layers.append(_from_toml(_file_text(path), str(path), problems))
    layers.append([s for override in overrides for s in _from_override(override, problems)])
    values = dict(_leaves(Config().model_dump()))
    for part in parts():
        _choose_kind(part, layers, values, problems)
    given: dict[str, _Setting] = {}
    for setting in (setting for layer in layers for setting in layer):
        if setting.key in fields():
            given[setting.key] = setting
            values[setting.key] = _fitted(setting)
        else:
            problems.append(f"{setting.key} ({setting.origin}): {unknown(setting.key)}")
    try:
        config = Config.model_validate(_nested(values))
    except ValidationError as error:
        problems += [_explained(detail, given) for detail in error.errors()]
    if problems:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise ValueError("\n  ".join([f"{count} in the configuration:", *problems]))
    return config


def _choose_kind(
    part: str, layers: list[list[_Setting]], values: dict[str, object], problems: list[str]
) -> None:
    """Make ``values`` start from the defaults of the kind that the last layer to name one names.

    A layer that names another kind than those before it starts the part anew: what they said
    about the old kind's keys is dropped, and is no mistake.
    """
    kinds, chosen, start = parts()[part], values[f"{part}.kind"], 0
    for number, layer in enumerate(layers):
        named = [_fitted(s) for s in layer if s.key == f"{part}.kind"]
        if named and named[-1] in kinds and named[-1] != chosen:
            chosen, start = named[-1], number
    keys = dict(_leaves(kinds[str(chosen)]().model_dump(), f"{part}."))
    for key in [key for key in values if part_of(key) == part]:
        del values[key]
    values |= keys
    for number, layer in enumerate(layers):
        for setting in [s for s in layer if part_of(s.key) == part and s.key in fields()]:
            if number >= start and setting.key not in keys:
                problems.append(
                    f'{setting.key} ({setting.origin}): the kind is "{chosen}"; '
                    f"{accepted_by_kind(part)}"
                )
            elif (
                number >= start and setting.key == f"{part}.kind" and _fitted(setting) not in kinds
            ):
                problems.append(_refusal(setting))
            elif number >= start:
                continue
            layer.remove(setting)


def preset_names() -> list[str]:
    """The presets that come with the package."""
    folder = resources.files("rlvr") / "presets"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith("toml"))


def dump_toml(config: Config) -> str:
    """The whole configuration as TOML; loading it gives an equal one. Empty paths are left out."""
    lines: list[str] = []

    def write(table: Mapping[str, Any], name: str) -> None:
        if name:
            lines.extend(["", f"[{name}]"])
        sections = {key: value for key, value in table.items() if isinstance(value, dict)}
        for key, value in table.items():
            if key not in sections and value is not None:
                lines.append(f"{key} = {_toml_value(value)}")
        for key, value in sections.items():
            write(value, f"{name}.{key}" if name else key)

    write(config.model_dump(), "")
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    if isinstance(value, str | Path):
        # JSON's escapes are TOML's, but for DEL, and for surrogate pairs, which stay characters.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _preset_text(preset: str) -> str:
    if preset not in preset_names():
        raise ValueError(
            f'unknown preset "{preset}"{nearest(preset, preset_names())}; '
            f"there are: {', '.join(preset_names())}"
        )
    return (resources.files("rlvr") / "presets" / f"{preset}.toml").read_text("utf-8")


def _file_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ValueError(f"cannot read the configuration {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"the configuration {path} is not UTF-8 text: {error}") from None


def _from_toml(text: str, origin: str, problems: list[str]) -> list[_Setting]:
    try:
        return [_Setting(key, value, origin) for key, value in _leaves(tomllib.loads(text))]
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{origin}: not TOML: {error}")
        return []


def _from_override(text: str, problems: list[str]) -> list[_Setting]:
    key, equals, raw = (part.strip() for part in text.partition("="))
    origin = f"override {text}"
    if not (key and equals and raw):
        problems.append(f"{origin}: accepts KEY=VALUE, as grpo.steps=40")
        return []
    try:
        table = tomllib.loads(f"value = {raw}")
    except tomllib.TOMLDecodeError as error:
        if raw[0] in "\"'[{":
            problems.append(f"{origin}: not a TOML value: {error}")
            return []
        table = {"value": raw}
    # A line break in the text could have started a second key.
    value = table["value"] if len(table) == 1 else raw
    if isinstance(value, dict):
        leaves = _leaves(value, f"{key}.")
        return [_Setting(name, leaf, origin) for name, leaf in leaves]
    return [_Setting(full_key(key, value), value, origin, raw)]


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted key and value of everything below; an unknown table is one leaf."""
    for name, value in table.items():
        key = prefix + name
        if isinstance(value, dict) and key in sections():
            yield from _leaves(value, f"{key}.")
        else:
            yield full_key(key, value), value


def _nested(values: Mapping[str, object]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in values.items():
        *sections, name = key.split(".")
        table = tree
        for section in sections:
            table = table.setdefault(section, {})
        table[name] = value
    return tree


def _fitted(setting: _Setting) -> object:
    """An override's words as the field needs them: ``name=2026`` is text, ``none`` nothing."""
    kinds = takes(setting.key)
    if setting.raw == "none" and NoneType in kinds:
        return None
    is_text = str in kinds or Path in kinds
    return setting.raw if is_text and not isinstance(setting.value, str) else setting.value


def _explained(detail: ErrorDetails, given: Mapping[str, _Setting]) -> str:
    """One line about one refused value."""
    location = _without_tags([str(part) for part in detail["loc"]])
    while location and ".".join(location) not in fields():
        location.pop()
    key = ".".join(location)
    if not key:  # two keys that do not go together
        section = ".".join(_without_tags([str(part) for part in detail["loc"]]))
        return f"{section}: {detail['ctx']['error']}" if section else str(detail["ctx"]["error"])
    return _refusal(given[key])


def _without_tags(location: list[str]) -> list[str]:
    """The keys of a place: pydantic names the kind of a part too, after the part."""
    kept: list[str] = []
    for name in location:
        if name not in parts().get(".".join(kept), {}):
            kept.append(name)
    return kept


def _refusal(setting: _Setting) -> str:
    return (
        f"{setting.key} ({setting.origin}): accepts {accepts(setting.key)}; got {setting.value!r}"
    )
