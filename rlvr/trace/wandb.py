"""wandb as a view of the run: fed through a pipe to a process of its own, so it cannot slow, hang
or kill the training.

In the training process wandb would block a log call for 19 s when its server dies, hold up the
exit for 20 s after a hung one, and take a second to import. Here a log call is one write that never
waits; what does not fit is dropped, counted, and warned of once. The JSONL files have everything,
and ``rlvr traces sync`` brings wandb up to them.

Of rollouts only the name of their file goes through the pipe: the other process reads them, checks
the traces of some, picks, and logs a table and a panel (docs/wandb.md says what is where).

Which mode: ``trace.wandb`` in the config decides, and where that is ``auto``, the environment's
``WANDB_MODE``; else online where wandb finds a key (``wandb login``, ``WANDB_API_KEY``), offline
where it finds none. Online without a key, or with no way to the server, becomes offline, with a
warning. There is never a prompt. All files lie in the run folder, under ``wandb/``.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import select
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import rlvr
from rlvr.config import Config
from rlvr.processes import kill_descendants

_log = logging.getLogger(__name__)

_BACKLOG_BYTES = 16_000_000
_GRACE = 8.0  # seconds over wandb's own limits


def wandb_mode(configured: str, environment: Mapping[str, str]) -> str:
    """``"online"``, ``"offline"``, ``"disabled"``, or ``"auto"``: online if there is a key."""
    if configured != "auto":
        return configured
    wanted = environment.get("WANDB_MODE", "")
    aliases = {"run": "online", "dryrun": "offline"}
    mode = aliases.get(wanted, wanted)
    return mode if mode in ("online", "offline", "disabled") else "auto"


class WandbSink:
    """One wandb run, in its own process. ``mode`` is what it became, once that is known.

    ``resume`` continues the run that the folder's id names. Steps that are logged again after a
    resume appear twice in wandb's history, never on its charts: those go by ``train/global_step``.
    """

    def __init__(
        self,
        config: Config,
        run_folder: Path,
        resume: bool = False,
        init_timeout: float = 10.0,
        finish_timeout: float = 15.0,
    ) -> None:
        self.mode: str | None = None
        self.dropped = 0  # rows of metrics
        self.dropped_tables = 0
        self._init_timeout, self._finish_timeout = init_timeout, finish_timeout
        self._unseen = Counter[str]()  # what the worker has not said it dealt with
        self._backlog: deque[bytes] = deque()
        self._backlog_size = 0
        self._heard = b""
        self._warned = False
        folder = run_folder.resolve() / "wandb"
        folder.mkdir(parents=True, exist_ok=True)
        settings = run_settings(config, run_folder, resume, init_timeout, finish_timeout)
        self._worker = _start_worker(folder, json.dumps(settings))
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        os.set_blocking(self._worker.stdin.fileno(), False)
        os.set_blocking(self._worker.stdout.fileno(), False)

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Chart numbers at a step. Returns at once; raises nothing."""
        self._send({"log": {"train/global_step": step, **metrics}})

    def table(self, step: int, path: Path) -> None:
        """Show some of the rollouts in a file of a step, all of which are on the disk. Returns at
        once; raises nothing."""
        self._send({"table": {"step": step, "path": str(path.resolve())}})

    def close(self, exit_code: int = 0) -> None:
        """Finish the run. A code other than 0 marks it as failed; 0 adds what is made at the end of
        a run: figure, first seen, artifact. Takes at most ``finish_timeout`` and eight seconds, and
        ``init_timeout`` more where wandb has not even started yet. What did not reach the server is
        on the disk, for ``rlvr traces sync``."""
        assert self._worker.stdin is not None
        if self._worker.stdin.closed:
            return
        starting = self._init_timeout if self.mode is None else 0.0
        deadline = time.monotonic() + starting + self._finish_timeout + _GRACE
        self._send({"finish": exit_code})
        self._pump(deadline)
        self._abandon_backlog()
        self._worker.stdin.close()
        try:
            self._worker.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self._warn("it did not finish in time")
            self._kill()
        self._listen()
        assert self._worker.stdout is not None
        self._worker.stdout.close()
        self.dropped += self._unseen["log"]
        self.dropped_tables += self._unseen["table"]
        if self.dropped or self.dropped_tables:
            _log.warning(
                "wandb missed %d rows and %d tables; the run's JSONL files have them, and `rlvr "
                "traces sync` sends them",
                self.dropped,
                self.dropped_tables,
            )

    def _send(self, message: Mapping[str, Any]) -> None:
        line = json.dumps(message).encode("ascii") + b"\n"
        if self._backlog_size + len(line) > _BACKLOG_BYTES or self._worker.poll() is not None:
            self.dropped += "log" in message
            self.dropped_tables += "table" in message
            self._listen()
            self._warn("it does not take rows any more")
            return
        self._unseen.update(message.keys())
        self._backlog.append(line)
        self._backlog_size += len(line)
        self._pump()
        self._listen()

    def _pump(self, deadline: float | None = None) -> None:
        """Write what the pipe takes now, or until the deadline."""
        assert self._worker.stdin is not None
        pipe = self._worker.stdin.fileno()
        while self._backlog:
            try:
                written = os.write(pipe, self._backlog[0])
            except BlockingIOError:
                wait = deadline - time.monotonic() if deadline else 0.0
                if wait <= 0 or not select.select([], [pipe], [], wait)[1]:
                    return
            except BrokenPipeError:
                self._abandon_backlog()
            else:
                self._backlog_size -= written
                rest = self._backlog.popleft()[written:]
                if rest:
                    self._backlog.appendleft(rest)

    def _abandon_backlog(self) -> None:
        self._backlog.clear()
        self._backlog_size = 0

    def _listen(self) -> None:
        """Take in what the worker says: its mode, and its troubles."""
        assert self._worker.stdout is not None
        while chunk := self._worker.stdout.read(65536):
            self._heard += chunk
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            said = json.loads(line)
            self.mode = said.get("mode", self.mode)
            self._unseen[said.get("seen", "")] -= 1
            self.dropped += said.get("dropped", 0)
            self.dropped_tables += said.get("dropped_tables", 0)
            if "trouble" in said:
                self._warn(said["trouble"])

    def _warn(self, trouble: str) -> None:
        if not self._warned:
            self._warned = True
            _log.warning("wandb: %s; training goes on, and its JSONL files miss nothing", trouble)

    def _kill(self) -> None:
        kill_descendants(self._worker.pid)
        self._worker.kill()
        self._worker.wait()


def _start_worker(folder: Path, settings: str) -> subprocess.Popen[bytes]:
    source = str(Path(rlvr.__file__).parents[1])
    path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
    environment = wandb_environment(folder) | os.environ | {"PYTHONPATH": path}
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            # -P: the working directory may hold a folder "wandb", as this one does.
            [sys.executable, "-P", "-m", "rlvr.trace.wandb_worker", settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the training process
        )


def wandb_environment(folder: Path) -> dict[str, str]:
    """What wandb shall find where the user has not said otherwise."""
    return {
        "WANDB_DATA_DIR": str(folder / "data"),  # else artifacts are staged in the home directory
        "WANDB_HTTP_TIMEOUT": "5",  # seconds; a table waits for several replies
    }


def run_settings(
    config: Config,
    run_folder: Path,
    resume: bool,
    init_timeout: float,
    finish_timeout: float = 15.0,
) -> dict[str, Any]:
    """What ``wandb_worker`` needs to know of a run, as JSON has it."""
    return {
        "mode": wandb_mode(config.trace.wandb, os.environ),
        "project": config.trace.wandb_project,
        "name": run_folder.resolve().name,
        "id": run_id(run_folder, resume),
        "resume": resume,
        "dir": str(run_folder.resolve()),
        "config": config.model_dump(mode="json"),
        "pid": os.getpid(),
        "init_timeout": init_timeout,
        "finish_timeout": finish_timeout,
    }


def run_id(run_folder: Path, resume: bool) -> str:
    """The id of the folder's wandb run; a new one unless it is resumed and has one."""
    file = run_folder / "wandb" / "run-id"
    if not (resume and file.exists()):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_hex(4))
    return file.read_text().strip()
