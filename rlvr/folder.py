"""Where a run keeps what: ``runs/<name>/`` and its parts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlvr.config import Config
from rlvr.config_load import dump_toml, load_config
from rlvr.torchrun import launch_id, num_ranks, restart_count

MAY_CHANGE = ("rollout.topology", "rollout.server.")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run; nothing is made by naming it."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    @property
    def launch(self) -> Path:
        """Which launch of torchrun is on it, where one is."""
        return self.path / "launch"

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def summary(self) -> Path:
        return self.path / "summary.json"

    def model(self, stage: str) -> Path:
        """The model after a stage, in the hub's layout: ``newborn``, ``sft`` or ``final``."""
        return self.path / "models" / stage

    def evaluation(self, moment: str) -> Path:
        """The metrics ``before`` or ``after`` the reinforcement."""
        return self.path / "eval" / f"{moment}.json"


def open_run(
    config: Config, resume: bool, overrides: Sequence[str]
) -> tuple[RunFolder, Config, bool]:
    """The folder of a run that starts now, its configuration, and whether it goes on.

    Ranks that torchrun started anew go on with the run that they were on, unasked. Raises
    ValueError where there is nothing to resume, or with other values.
    """
    folder = run_of_launch(config) if restart_count() else None
    if folder is None and resume:
        folder = newest_run(config)
    if folder is not None:
        config, is_resumed = saved_config(folder, overrides), True
    else:
        folder, is_resumed = new_run(config), False
    if num_ranks() > 1:
        write_whole(folder.launch, launch_id())
    return folder, config, is_resumed


def new_run(config: Config) -> RunFolder:
    """Makes ``runs/<name>``, or ``<name>-2``, ... where that exists, and saves the config."""
    number = 1
    while True:
        name = config.name if number == 1 else f"{config.name}-{number}"
        folder = RunFolder(config.runs / name)
        try:
            folder.path.mkdir(parents=True)
        except FileExistsError:
            number += 1
            continue
        write_whole(folder.config, dump_toml(config))
        return folder


def newest_run(config: Config) -> RunFolder:
    """The run of this name that was started last; raises ValueError where there is none."""
    found = _runs(config)
    if not found:
        raise ValueError(
            f"nothing to resume: {config.runs / config.name} holds no run; leave out --resume, or "
            f"name the run with name=... and its folder with runs=..."
        )
    return found[-1]


def run_of_launch(config: Config) -> RunFolder | None:
    """The newest run of this name that this launch of torchrun was on, if it came so far."""
    found = [run for run in _runs(config) if run.launch.is_file()]
    return next((run for run in reversed(found) if run.launch.read_text() == launch_id()), None)


def _runs(config: Config) -> list[RunFolder]:
    """All runs of this name, oldest first."""
    numbers = {config.runs / config.name: 1}
    for path in config.runs.glob(f"{config.name}-*"):
        suffix = path.name.removeprefix(f"{config.name}-")
        if suffix.isdecimal():
            numbers[path] = int(suffix)
    runs = [RunFolder(path) for path in sorted(numbers, key=lambda path: numbers[path])]
    return [run for run in runs if run.config.is_file()]


def saved_config(folder: RunFolder, overrides: Sequence[str] = ()) -> Config:
    """The configuration that a run began with; raises ValueError for other values, but for where
    completions are written, which may change from start to start: servers move."""
    saved = load_config(path=folder.config)
    moved = [override for override in overrides if override.strip().startswith(MAY_CHANGE)]
    for override in overrides:
        if override not in moved and load_config(path=folder.config, overrides=[override]) != saved:
            raise ValueError(
                f"--resume goes on with the configuration of {folder.config}, and {override!r} is "
                f"not in it; leave it out, or start a new run with name=..."
            )
    return load_config(path=folder.config, overrides=moved)


def write_whole(path: Path, text: str) -> None:
    """Writes a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_name(path.name + ".tmp")
    with half_written.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half_written.replace(path)


def write_json(path: Path, value: Any) -> None:
    write_whole(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
