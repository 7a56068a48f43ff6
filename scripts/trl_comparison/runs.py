"""The runs of the comparison: who takes part, and one run as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlvr.config import Config
from rlvr.config_load import dump_toml, load_config
from scripts.trl_comparison.environment import ROOT
from scripts.trl_comparison.settings import OURS

OURS_CHILD = "scripts.trl_comparison.ours_child"
TRL_CHILD = "scripts.trl_comparison.trl_child"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A side of the comparison or a row of the ablation, with what it changes."""

    name: str
    label: str
    child: str
    """A module, run in its own environment."""
    overrides: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


SIDES = (
    Contestant(name="rlvr", label="rlvr", child=OURS_CHILD),
    Contestant(name="trl", label="TRL 1.16", child=TRL_CHILD),
)


def _ours(name: str, label: str, *overrides: str, layout: str = "shared") -> Contestant:
    return Contestant(
        name=name,
        label=label,
        child=OURS_CHILD,
        overrides=overrides,
        options=("--layout", layout) if layout != "shared" else (),
    )


def _theirs(name: str, label: str, **arguments: object) -> Contestant:
    return Contestant(name=name, label=label, child=TRL_CHILD, options=(json.dumps(arguments),))


AHEAD, ONE = "grpo.max_staleness=1", "rollout.processes=1"
ABLATION = (
    *SIDES,
    _ours("rlvr-ahead", "rlvr, one step ahead", AHEAD),
    _ours("rlvr-one", "rlvr, one engine", ONE),
    _ours("rlvr-one-ahead", "one engine, one step ahead", ONE, AHEAD),
    _ours(
        "rlvr-one-small",
        "one engine, micro-batches of 1,024 tokens",
        ONE,
        "grpo.micro_batch_tokens=1024",
    ),
    _ours("rlvr-one-transformers", "one engine, transformers", ONE, "rollout.engine=transformers"),
    _ours("rlvr-one-float32", "one engine, vLLM in float32", ONE, "rollout.dtype=float32"),
    _ours("rlvr-one-packed", "one engine, packed, nothing shared", ONE, layout="packed"),
    _ours("rlvr-one-padded", "one engine, padded", ONE, layout="padded"),
    _theirs("trl-bf16", "TRL 1.16, bf16 (its default)", bf16=True),
    _theirs(
        "trl-whole",
        "TRL 1.16, no accumulation",
        per_device_train_batch_size=256,
        gradient_accumulation_steps=1,
    ),
)


def shared_machine(jobs: int) -> dict[str, str]:
    """The environment of one of ``jobs`` runs at a time: each has its share of the processors."""
    if jobs == 1:
        return dict(os.environ)
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    return os.environ | {"OMP_NUM_THREADS": threads, "VLLM_CPU_OMP_THREADS_BIND": "nobind"}


class FailedError(Exception):
    """A run ended badly; the message names its log."""


def make_config(start: Path, contestant: Contestant, seed: int, overrides: list[str]) -> Config:
    """rlvr's configuration of one run. Raises ValueError where ``start`` is no run with a model."""
    model, data = start / "models/sft", start / "data"
    for folder in (model, data):
        if not folder.is_dir():
            raise ValueError(f"there is no {folder}; --start is a run folder of `rlvr sft`")
    files = [f"model.path={json.dumps(str(model))}", f"data.path={json.dumps(str(data))}"]
    own = [*OURS, *files, "sft.steps=0", f"seed={seed}", *overrides, *contestant.overrides]
    return load_config("tiny", overrides=own)


def run_once(
    contestant: Contestant,
    python: Path,
    config: Config,
    output: Path,
    advance: Callable[[int, str], None],
    environment: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The rows of one run, made if they are not there whole; ``advance`` is told of new steps.

    ``environment`` is this process's where none is given.

    Raises ValueError where the rows that are there come from other settings, FailedError where
    the run ends badly.
    """
    saved, text = output.with_suffix(".toml"), dump_toml(config)
    if saved.exists() and saved.read_text() != text:
        raise ValueError(f"{saved} has other settings: take them again, or name another --runs")
    rows = read_rows(output)
    if not is_whole(rows):
        output.parent.mkdir(parents=True, exist_ok=True)
        saved.write_text(text)
        output.unlink(missing_ok=True)
        command = [python, "-m", contestant.child, saved, output, *contestant.options]
        _watch(command, output, advance, environment)
        return read_rows(output)
    advance(len(rows) - 1, contestant.label)
    return rows


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a run's file; none where there is no file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if _ends(line)]


def is_whole(rows: list[dict[str, Any]]) -> bool:
    return bool(rows) and "peak_memory_mb" in rows[-1]


def _ends(line: str) -> bool:
    return line.endswith("\n")  # the writer may be in the middle of one


def _watch(
    command: list[Any],
    output: Path,
    advance: Callable[[int, str], None],
    environment: Mapping[str, str] | None,
) -> None:
    log = output.with_suffix(".log")
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            for rows in _growing(process, output):
                new = [row for row in rows if "reward" in row]
                advance(len(new), f"{output.stem}: reward {new[-1]['reward']:.3f}" if new else "")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode or not is_whole(read_rows(output)):
        raise FailedError(f"exit status {process.returncode}, see {log}")


def _growing(process: subprocess.Popen[bytes], output: Path) -> Iterator[list[dict[str, Any]]]:
    """The rows that have come since the last look, until the process ends."""
    seen = 0
    while True:
        ended = process.poll() is not None
        rows = read_rows(output)
        if len(rows) > seen:
            yield rows[seen:]
            seen = len(rows)
        if ended:
            return
        time.sleep(0.3)
