"""Checkpoints for a bit-exact resume: written whole or not at all, and checked when read.

A checkpoint is a folder: the model in the hub's layout (any tool that reads a model folder reads
it), beside it ``training_state.pt`` with all else, and ``manifest.json`` with the size and BLAKE2
digest of every file. It is written under a temporary name, flushed to the disk and then renamed,
so a process killed at any moment leaves either the whole checkpoint or only a leftover that the
next save removes. Names sort in the order of saving; see ``checkpoint_name``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable, Mapping
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import Any, Literal

import torch

from rlvr.durable import sync, sync_tree

STATE = "training_state.pt"
MANIFEST = "manifest.json"
_STAGES = ("sft", "grpo")
_HALF_WRITTEN, _REMOVED = ".half-written-", ".removed-"
_SCALARS = (int, float, str, bool, type(None))


class DamagedCheckpointError(ValueError):
    """A checkpoint that is not what was written; the message says how to go on without it."""


def checkpoint_name(stage: Literal["sft", "grpo"], step: int) -> str:
    """``"2-grpo-000020"``: sorts by stage, then by step (below 10^6)."""
    return f"{_STAGES.index(stage) + 1}-{stage}-{step:06d}"


def save_checkpoint(
    folder: Path,
    name: str,
    state: Mapping[str, Any],
    model_saver: Callable[[Path], None],
    keep: int = 2,
) -> Path:
    """Write a checkpoint to ``folder / name`` and remove all but the last ``keep``.

    ``state`` holds dicts, lists and tuples of tensors, numbers, strings, booleans and ``None``:
    what can be read back without running code from the file. ``model_saver`` writes the model
    into the folder it is given. An intact checkpoint of the same name is left as it is, since a
    run that passes the same step twice has the same state there. One process writes at a time.

    Raises ``ValueError`` for other types in ``state`` and for a name that sorts before an existing
    one, and ``OSError`` when the disk is full; no earlier checkpoint is touched in either case.
    """
    assert name.strip("."), name
    _check_types(state, "state")
    _tidy(folder)
    latest = latest_checkpoint(folder)
    if latest and name < latest.name:
        raise ValueError(
            f'checkpoint "{name}" would sort before "{latest.name}" in {folder}, which is taken '
            f"for the latest: remove that one, or use names that sort in the order of saving"
        )
    if latest and name == latest.name:
        if not _damage(latest):
            return latest
        _remove(latest)
    half = folder / f"{_HALF_WRITTEN}{name}"
    try:
        half.mkdir(parents=True)
        model_saver(half)
        with (half / STATE).open("xb") as file:
            torch.save(dict(state), file)
        manifest = {"format": 1, "files": {file: _facts(half / file) for file in _files(half)}}
        (half / MANIFEST).write_text(json.dumps(manifest, indent=1))
        sync_tree(half)
    except Exception as error:
        full = _is_disk_full(error, folder)
        shutil.rmtree(half, ignore_errors=True)
        if full:
            raise _disk_full(folder, name) from error
        raise
    half.rename(folder / name)
    sync(folder)
    for path in checkpoints(folder)[:-keep]:
        _remove(path)
    return folder / name


def checkpoints(folder: Path) -> list[Path]:
    """All checkpoints in a folder, oldest first; none where there is no folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")


def latest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint in a folder, or ``None``; not read yet, so it may prove damaged."""
    found = checkpoints(folder)
    return found[-1] if found else None


def load_state(path: Path) -> dict[str, Any]:
    """The ``state`` that was saved, on the CPU, after all files are found to be as written.

    Raises ``DamagedCheckpointError`` with the file that is not, and the newest intact older
    checkpoint to go on from.
    """
    problem = _damage(path)
    if problem:
        older = [p for p in checkpoints(path.parent) if p.name < path.name]
        intact = next((p for p in reversed(older) if not _damage(p)), None)
        way_on = (
            f"to resume from the newest intact one before it, {intact.name}, remove {path}"
            if intact
            else f"there is no intact one before it: remove {path} and start the run again"
        )
        raise DamagedCheckpointError(f"checkpoint {path} is damaged: {problem}; {way_on}")
    state: dict[str, Any] = torch.load(path / STATE, map_location="cpu", weights_only=True)
    return state


def _damage(path: Path) -> str:
    """What is wrong with a checkpoint's files; empty when nothing is."""
    try:
        manifest = json.loads((path / MANIFEST).read_text())
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{MANIFEST} cannot be read ({error})"
    for name, facts in files.items():
        try:
            found = _facts(path / name)
        except OSError as error:
            return f"{name} cannot be read ({error.strerror})"
        if found["size"] != facts["size"]:
            return f"{name} has {found['size']:,} bytes, {facts['size']:,} were written"
        if found != facts:
            return f"{name} has other bytes than were written"
    return "" if STATE in files else f"{MANIFEST} does not list {STATE}"


def _check_types(value: object, where: str) -> None:
    """Refuse at once what ``torch.load(weights_only=True)`` would refuse at the resume."""
    if type(value) in (dict, OrderedDict):
        assert isinstance(value, dict)
        for key, item in value.items():
            if type(key) not in _SCALARS:
                raise ValueError(f"{where}: a key is a {type(key).__name__}, not text or a number")
            _check_types(item, f"{where}[{key!r}]")
    elif type(value) in (list, tuple):
        assert isinstance(value, list | tuple)
        for index, item in enumerate(value):
            _check_types(item, f"{where}[{index}]")
    elif type(value) not in (*_SCALARS, torch.Tensor, torch.nn.Parameter):
        raise ValueError(
            f"{where} is a {type(value).__module__}.{type(value).__qualname__}; a checkpoint takes "
            f"dicts, lists and tuples of tensors, numbers, strings, booleans and None"
        )


def _files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def _facts(path: Path) -> dict[str, int | str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16))
        return {"size": file.tell(), "blake2b": digest.hexdigest()}


def _remove(path: Path) -> None:
    # Renamed first: killed in between, it must not stay as half a checkpoint.
    shutil.rmtree(path.rename(path.parent / f"{_REMOVED}{path.name}"))


def _tidy(folder: Path) -> None:
    """Remove what a killed process left. Only the writer may: a reader would remove live work."""
    for prefix in (_HALF_WRITTEN, _REMOVED):
        for path in folder.glob(f"{prefix}*"):
            shutil.rmtree(path)


def _is_disk_full(error: Exception, folder: Path) -> bool:
    """Writers in other languages (safetensors, torch) raise errors of their own, without errno."""
    if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT, EFBIG):
        return True
    causes = str(error), str(error.__context__)
    return any(os.strerror(number) in text for text in causes for number in (ENOSPC, EDQUOT, EFBIG))


def _disk_full(folder: Path, name: str) -> OSError:
    found = latest_checkpoint(folder)
    kept = f"{found.name} and all before it are intact" if found else "there was none before it"
    return OSError(
        ENOSPC,
        f"no space left on the disk for checkpoint {name} ({kept}): free some space, or set "
        f"checkpoint.keep lower, then resume",
        str(folder),
    )
