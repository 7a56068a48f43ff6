"""The process that talks to wandb: JSON lines in on stdin, its mode and troubles out on stdout.

Started by ``trace/wandb.py``, which says why, with its settings
as its one argument.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import IO, Any

from rlvr.processes import kill_descendants

_UNWRITTEN = "failed to save record"


def main(settings: Mapping[str, Any], rows: IO[str], reports: IO[str]) -> None:
    """Serve one run until it is finished, or until the training process is gone."""
    os.setpriority(os.PRIO_PROCESS, 0, 10)  # the training is what the machine is for
    run = _start(settings, reports)
    tables = _Tables(run, settings["config"]["seed"], reports)
    exit_code = 1  # unless the end is announced: the training process was killed
    for line in rows:
        message = json.loads(line)
        if "finish" in message:
            exit_code = message["finish"]
            break
        if "table" in message:
            tables.log(message["table"]["step"], Path(message["table"]["path"]))
        else:
            _log(run, message["log"], reports)
        _report(reports, seen=next(iter(message)))
    if exit_code == 0:
        _conclude(run, Path(settings["dir"]), reports)
    _finish(run, exit_code, settings["finish_timeout"])
    _report_unwritten(Path(settings["dir"]) / "wandb" / "debug-internal.log", reports)


def _start(settings: Mapping[str, Any], reports: IO[str]) -> Any:
    """The wandb run, online if that is wanted and can be had."""
    import wandb

    mode, environment = settings["mode"], dict(os.environ)
    try:
        run = init_run(settings, "offline" if mode == "offline" else "online")
    except wandb.errors.UsageError as error:  # no key
        if mode == "online":
            _report(reports, trouble=f"{_first_line(error)}. This run goes on offline")
        run = init_run(settings, "offline")
    except wandb.Error as error:
        if mode == "offline":
            raise
        _report(reports, trouble=f"{_first_line(error)}. This run goes on offline")
        # wandb still holds the run's id, and retries. No row has been read yet: begin afresh.
        kill_descendants(os.getpid())
        offline = json.dumps({**settings, "mode": "offline"})
        command = [sys.executable, "-P", "-m", "rlvr.trace.wandb_worker", offline]
        os.execve(sys.executable, command, environment)
    _report(reports, mode="offline" if run.offline else "online")
    return run


def init_run(settings: Mapping[str, Any], mode: str) -> Any:
    """The wandb run of these settings, ``"online"`` or ``"offline"``; raises wandb's errors."""
    import wandb

    run = wandb.init(
        project=settings["project"],
        name=settings["name"],
        id=settings["id"],
        resume="allow" if settings["resume"] else None,
        dir=settings["dir"],
        config=settings["config"],
        settings=wandb.Settings(
            mode=mode,  # type: ignore[arg-type]
            silent=True,
            console="off",
            init_timeout=settings["init_timeout"],
            login_timeout=settings["init_timeout"],
            finish_timeout=settings["finish_timeout"],
            # Each second to the disk: a machine that dies takes no more than that with it.
            x_transaction_log_flush_interval=1,
            x_stats_pid=settings["pid"],
        ),
    )
    run.define_metric("*", step_metric="train/global_step")
    return run


def _log(run: Any, row: dict[str, Any], reports: IO[str]) -> None:
    try:
        run.log(row)
    except Exception as error:  # whatever wandb has against this row, the next may be fine
        _report(reports, dropped=1, trouble=f"a row was refused ({error})")


class _Tables:
    """Tables and panels of rollouts, given up for a while when the server keeps one waiting: a
    table is the one thing that waits for it, and the metrics wait behind."""

    patience = 5.0  # seconds; then none is tried for
    pause = 60.0  # seconds

    def __init__(self, run: Any, seed: int, reports: IO[str]) -> None:
        self._run, self._seed, self._reports = run, seed, reports
        self._paused_until = 0.0

    def log(self, step: int, path: Path) -> None:
        from rlvr.trace.wandb_log import log_view, view_of_file

        if time.monotonic() < self._paused_until:
            self._drop(f"the server is slow, the table of step {step} was left out")
            return
        try:
            view = view_of_file(path, self._seed)
            started = time.monotonic()
            log_view(self._run, step, view)
        except Exception as error:  # the metrics are to go on, whatever a table has met
            self._paused_until = time.monotonic() + self.pause
            self._drop(f"the table of step {step} was refused ({_first_line(error)})")
        else:
            if time.monotonic() - started > self.patience:
                self._paused_until = time.monotonic() + self.pause

    def _drop(self, trouble: str) -> None:
        _report(self._reports, dropped_tables=1, trouble=trouble)


def _conclude(run: Any, run_folder: Path, reports: IO[str]) -> None:
    from rlvr.trace.wandb_log import log_end

    try:
        log_end(run, run_folder)
    except Exception as error:  # as with a row
        trouble = f"the run's summary, figure or artifact was refused ({_first_line(error)})"
        _report(reports, trouble=trouble)


def _finish(run: Any, exit_code: int, timeout: float) -> None:
    """Finish, and wait until wandb's own process has written its files and ended. ``TimeoutError``
    where that takes longer than the time limit that wandb was given, and some seconds."""
    import wandb

    def give_up(number: int, frame: FrameType | None) -> None:
        raise TimeoutError("it did not finish in time")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(math.ceil(timeout) + 5)
    run.finish(exit_code=exit_code)
    wandb.teardown()
    signal.alarm(0)


def _report_unwritten(wandb_log: Path, reports: IO[str]) -> None:
    """What wandb's own process could not write, on a full disk, it says in its log alone, for as
    long as the disk takes that: so this is the least that is missing."""
    if not wandb_log.exists():
        return
    text = wandb_log.read_text("utf-8", errors="replace")
    failed = [line for line in text.splitlines() if _UNWRITTEN in line]
    if failed:
        reason = failed[0].rpartition(": ")[2].rstrip('"} ')  # the last line may be cut off
        trouble = f"at least {len(failed)} records were not written ({reason})"
        _report(reports, dropped=len(failed), trouble=trouble)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(". ")


def _report(reports: IO[str], **what: object) -> None:
    try:
        print(json.dumps(what), file=reports, flush=True)
    except BrokenPipeError:  # the training process is gone; the run is finished all the same
        return


if __name__ == "__main__":
    # What wandb prints must not get between the reports.
    reports, sys.stdout = sys.stdout, sys.stderr
    try:
        main(json.loads(sys.argv[1]), sys.stdin, reports)
    except Exception as error:  # the end of this process, not of the training
        traceback.print_exc()
        _report(reports, trouble=f"{type(error).__name__}: {error}")
    sys.stderr.flush()
    # wandb's exit hooks, and after an error its own process, would go on waiting for the server.
    kill_descendants(os.getpid())
    os._exit(0)
