"""Brings wandb up to a run's JSON lines: after an outage, an offline run, or a killed one.

The server is asked what it has, and is sent the rest, into the run's own id. So a second sync adds
nothing, and it does not matter what of the first arrived, or what ``wandb sync`` sent.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rlvr.config import Config
from rlvr.folder import RunFolder, saved_config
from rlvr.processes import kill_descendants
from rlvr.schedule import is_due
from rlvr.trace.figure import FIGURE, draw_habits
from rlvr.trace.first_seen import first_seen
from rlvr.trace.jsonl import read_rows, rollout_files
from rlvr.trace.wandb import run_id, run_settings, wandb_environment
from rlvr.trace.wandb_log import HABITS, STEP, TABLE, log_view, rollout_artifact, view_of_file
from rlvr.trace.wandb_worker import init_run

_log = logging.getLogger(__name__)

_UPLOADS_WITHIN = 3600.0  # seconds
_ARRIVES_WITHIN = 15.0  # seconds until a server shows what it has taken
_LEAVES_WITHIN = 10.0  # seconds for wandb's helper process to end


@dataclass(slots=True)
class Server:
    """What the server has of a run: the keys at each step, summary, digests of its artifacts."""

    keys: dict[int, set[str]] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What the JSON lines have and the server has not."""

    rows: Mapping[int, Mapping[str, float]]  # by step
    tables: Mapping[int, Path]
    summary: Mapping[str, int]
    figure_step: int | None
    artifact: Any | None

    def in_words(self) -> list[str]:
        """One phrase for each kind of thing; none where nothing is missing."""
        counts = [
            (len(self.rows), "steps of metrics"),
            (len(self.tables), "tables and panels of rollouts"),
            (len(self.summary), "summary values"),
        ]
        words = [f"{count:,} {name}" for count, name in counts if count]
        words += ["the figure of habits"] if self.figure_step is not None else []
        if self.artifact is not None:
            words.append(f"the artifact {self.artifact.name}")
        return words


def sync_run(run_folder: Path, timeout: float = 15.0) -> list[str]:
    """Sends what the server lacks and returns it in words; ``[]`` where it had everything.

    ``timeout`` (seconds) is for reaching the server. Raises ``ValueError`` for a folder that is no
    run, without a key, without a server, and where the server did not keep what it was sent.
    """
    folder = RunFolder(run_folder)
    if not folder.config.is_file() or not (run_folder / "metrics.jsonl").is_file():
        raise ValueError(f"{run_folder} is no run: it lacks config.toml or metrics.jsonl")
    config = saved_config(folder)
    for name, value in wandb_environment(run_folder.resolve() / "wandb").items():
        os.environ.setdefault(name, value)
    if not (run_folder / FIGURE).exists():
        draw_habits(run_folder)
    import wandb

    try:
        missing = find_missing(run_folder, config, ask_server(run_folder, config, timeout))
        sent = missing.in_words()
        if sent:
            _send(run_folder, config, missing, timeout)
            _check_arrival(run_folder, config, timeout)
    except wandb.errors.UsageError as error:
        raise ValueError(f"no wandb key: `wandb login`, or set WANDB_API_KEY ({error})") from error
    except Exception as error:  # of its many modules, some raise what is no wandb.Error
        if not type(error).__module__.startswith("wandb."):
            raise
        where = os.environ.get("WANDB_BASE_URL", "wandb's server")
        reason = str(error).partition("\n")[0]
        raise ValueError(f"cannot sync with {where}: {reason}; try again later") from error
    finally:
        _leave_wandb()
    return sent


def _leave_wandb() -> None:
    """End wandb's helper process.

    wandb waits for that process for good, but it goes on asking a server that does not answer; and
    where it fails, wandb exits with its code, which would hide what went wrong before.
    """
    import wandb

    patience = threading.Timer(_LEAVES_WITHIN, kill_descendants, (os.getpid(), "wandb-core"))
    patience.start()
    try:
        wandb.teardown()
    except (Exception, SystemExit) as error:
        _log.debug("wandb's helper process ended badly: %r", error)
    finally:
        patience.cancel()


def ask_server(run_folder: Path, config: Config, timeout: float) -> Server:
    """What the server has of the folder's run; nothing of a run that it does not know."""
    import wandb

    api = wandb.Api(timeout=max(1, round(timeout)))
    entity = os.environ.get("WANDB_ENTITY") or api.default_entity
    path = f"{entity}/{config.trace.wandb_project}/{run_id(run_folder, resume=True)}"
    try:
        run = api.run(path)
        run.load(force=True)
    except (wandb.Error, ValueError) as error:
        if "could not find run" not in str(error).casefold():
            raise
        return Server()
    server = Server(summary=dict(run.summary.items()))
    for row in run.scan_history(use_cache=False):
        if STEP in row:
            server.keys.setdefault(int(row[STEP]), set()).update(row)
    server.digests = {each.digest for each in run.logged_artifacts() if each.state == "COMMITTED"}
    return server


def find_missing(run_folder: Path, config: Config, server: Server) -> Missing:
    """The difference between the folder and the server."""
    metrics = list(read_rows(run_folder / "metrics.jsonl"))
    timings = run_folder / "timings.jsonl"
    rows: dict[int, dict[str, float]] = {}
    for row in [*metrics, *(read_rows(timings) if timings.exists() else ())]:
        there = server.keys.get(row["step"], set())
        for key, value in row.items():
            if key != "step" and value is not None and key not in there:
                rows.setdefault(row["step"], {})[key] = value
    last, every = config.grpo.steps, config.trace.table_every
    tables = {
        step: path
        for step, path in rollout_files(run_folder).items()
        if is_due(step - config.sft.steps, every, last) and path.stat().st_size
        if TABLE not in server.keys.get(step, set())
    }
    last_step = metrics[-1]["step"] if metrics else 0
    has_figure = (run_folder / FIGURE).exists()
    is_shown = HABITS in server.keys.get(last_step, set())
    artifact = rollout_artifact(run_folder, run_id(run_folder, resume=True))
    seen = first_seen(metrics).items()
    return Missing(
        rows=rows,
        tables=tables,
        summary={key: value for key, value in seen if server.summary.get(key) != value},
        figure_step=last_step if has_figure and not is_shown else None,
        artifact=None if artifact.digest in server.digests else artifact,
    )


def _send(run_folder: Path, config: Config, missing: Missing, timeout: float) -> None:
    import wandb

    settings = run_settings(config, run_folder, resume=True, init_timeout=timeout)
    run = init_run({**settings, "finish_timeout": _UPLOADS_WITHIN}, "online")
    for step, values in sorted(missing.rows.items()):
        run.log({STEP: step, **values})
    for step, path in missing.tables.items():
        log_view(run, step, view_of_file(path, config.seed))
    if missing.figure_step is not None:
        run.log({STEP: missing.figure_step, HABITS: wandb.Image(str(run_folder / FIGURE))})
    run.summary.update(missing.summary)
    if missing.artifact is not None:
        run.log_artifact(missing.artifact)
    run.finish(exit_code=0 if RunFolder(run_folder).summary.exists() else 1)


def _check_arrival(run_folder: Path, config: Config, timeout: float) -> None:
    """A client that was given broken replies ends as if nothing had happened."""
    deadline = time.monotonic() + _ARRIVES_WITHIN
    while words := find_missing(
        run_folder, config, ask_server(run_folder, config, timeout)
    ).in_words():
        if time.monotonic() > deadline:
            raise ValueError(
                f"sent, but the server does not show it: {', '.join(words)}; sync again later"
            )
        time.sleep(1.0)
