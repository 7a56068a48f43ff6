"""Files of JSON lines: the truth about a run, of which every other view is made.

A run folder holds ``metrics.jsonl`` and ``timings.jsonl`` (one row a call) and
``rollouts/step-000012.jsonl`` (one row a completion; one file a step, so that any step of a long
run is at hand without reading the rest); ``probe/step-000012.jsonl`` are the probe set's. A row is
plain ASCII JSON: characters beyond it are escaped, what is no character (a lone surrogate) is
spelled ``\\\\udc80``, NaN and infinities are ``null``.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rlvr.types import Rollout


def rollout_row(
    step: int, rollout: Rollout, advantage: float | None, index: int = 0
) -> dict[str, Any]:
    """One completion as a row; nothing in it depends on the clock.

    ``index`` is its place in its group, ``task`` the problem's id, ``text`` the problem as put to
    the model, ``problem`` what the verifier was asked. ``reward`` is the sum of ``terms``;
    ``advantage`` is null for a completion that was not ``counted``. ``verdict`` to ``evidence`` are
    the verifier's, ``habits`` are true, false, or null where they do not apply. ``gold`` is there
    where the answer was judged by one.
    """
    task, completion, reward = rollout.prompt.task, rollout.completion, rollout.reward
    verdict, problem, logprobs = reward.verdict, task.problem, completion.rollout_logprobs
    row = {
        "step": step,
        "index": index,
        "task": task.id,
        "family": task.family,
        "text": task.text,
        "problem": {
            "equation": problem.equation,
            "unknown": problem.unknown,
            "ask": problem.ask.value,
            "domain": problem.domain.value,
            "params": dict(problem.params),
        },
        "completion": rollout.text,
        "token_ids": list(completion.token_ids),
        "rollout_logprob_mean": math.fsum(logprobs) / len(logprobs) if logprobs else None,
        "finish_reason": completion.finish_reason,
        "policy_version": completion.policy_version,
        "verdict": verdict.verdict.value,
        "reason": verdict.reason.value,
        "answer": verdict.answer,
        "expected": verdict.expected,
        "domain": list(verdict.domain),
        "evidence": list(verdict.evidence),
        "reward": reward.total,
        "terms": dict(reward.terms),
        "counted": reward.counted,
        "advantage": advantage,
        "habits": asdict(reward.habits),
    }
    return row if task.gold is None else row | {"gold": task.gold}


def rollouts_path(run_folder: Path, step: int, name: str = "rollouts") -> Path:
    """Where the rollouts of a step lie, in the run's folder ``name``: or ``"probe"``."""
    return run_folder / name / f"step-{step:06d}.jsonl"


def rollout_files(run_folder: Path, name: str = "rollouts") -> dict[int, Path]:
    """The steps that have rollouts in the run's folder ``name``, in order, each with its file."""
    found = (run_folder / name).glob("step-*.jsonl")
    return dict(sorted((int(path.stem.removeprefix("step-")), path) for path in found))


def append_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows in one write. On ``OSError`` (a full disk) the file is as it was before."""
    data = "".join(json.dumps(plain(row), allow_nan=False) + "\n" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    size = path.stat().st_size if path.exists() else 0
    try:
        with path.open("ab") as file:
            file.write(data.encode("ascii"))
    except OSError as error:
        if path.stat().st_size > size:
            os.truncate(path, size)
        raise OSError(
            error.errno, f"cannot write {path} ({error.strerror}): its rows up to here are intact"
        ) from error


def cut_back(path: Path, size: int) -> None:
    """Drop all after the first ``size`` bytes. Raises ``ValueError`` when there are fewer."""
    found = path.stat().st_size if path.exists() else 0
    if found < size:
        raise ValueError(
            f"{path} has {found:,} bytes, the checkpoint was made when it had {size:,}: "
            f"an exact resume needs the file back as it was"
        )
    if found > size:
        os.truncate(path, size)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file; a last line that is still being written is left out.

    Raises ``ValueError`` with the file and line of a row that is not JSON.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: not a row of JSON: {error}") from None
            if not isinstance(row, dict):
                raise ValueError(f"{path}, line {number}: not a row of JSON: {line[:40]!r}")
            yield row


def plain(value: Any) -> Any:
    """The same value with nothing that JSON, or a strict reader of it, has no place for."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
