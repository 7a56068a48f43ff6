"""Starts jobs on several ranks by torchrun's own agent, quickly: see ``test_torchrun.py``.

torchrun starts ranks as commands, each of which imports torch, transformers and vLLM: most of the
time of a small job. Here the same agent forks them off a process that has them already. Reads one
order a line, as JSON, and says ``done`` and the exit status after each.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from torch.distributed.elastic.multiprocessing import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

INTERRUPTED = "interrupted"  # a file that says that Ctrl-C was pressed


def rank(program: str, arguments: list[str], pids: str) -> None:
    """``PROGRAM ARGUMENTS`` as one rank, whose process id is left in ``pids / rank``."""
    (Path(pids) / os.environ["RANK"]).write_text(str(os.getpid()))
    sys.argv = [program, *arguments]
    try:
        import_module(program).main()
    finally:
        if (Path(pids) / INTERRUPTED).exists():
            os._exit(130)  # a function would wait for its result to be taken: after Ctrl-C in vain


def launch(order: dict[str, Any]) -> int:
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=order["num_ranks"],
        run_id=order["pids"],
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        max_restarts=order["restarts"],
        start_method="forkserver",
    )
    try:
        elastic_launch(config, rank)(order["program"], order["arguments"], order["pids"])
    except ChildFailedError:
        return 1
    except SignalException:
        return 130
    return 0


def main() -> None:
    multiprocessing.set_forkserver_preload(["tests.warm"])
    for line in sys.stdin:
        print(f"done {launch(json.loads(line))}", flush=True)


if __name__ == "__main__":
    main()
