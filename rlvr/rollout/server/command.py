"""The command line and the environment of one `vllm serve`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import rlvr
from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.hub import FLOAT32_HEAD
from rlvr.torchrun import without_ranks

HOST = "127.0.0.1"
LONGEST_SOCKET_PATH = 107  # characters, on Linux


def arguments(
    model_path: str, settings: RolloutConfig, max_length: int, *, gpus: int, transfer: Sequence[str]
) -> list[str]:
    """Everything but the port: the settings of the engine in this process. ``gpus`` 0 is a CPU."""
    switches = [
        # Without stop texts there is nothing to make text for.
        "--enable-scale-out" if settings.stop else "--tokens-only",
        "--disable-uvicorn-access-log",
    ]
    if not gpus:
        # See `VllmEngine`: graphs take long to compile, a prompt cut in two breaks its request's
        # generator, and blocks are longer than most prompts.
        switches += ["--enforce-eager", "--no-enable-chunked-prefill", "--no-enable-prefix-caching"]
        # No process of its own for the one worker, which would also bind itself to the first core.
        switches += ["--distributed-executor-backend", "uni"]
    if settings.has_float32_head(on_gpu=gpus > 0):
        switches += ["--hf-overrides", json.dumps(FLOAT32_HEAD)]
    values = {
        "--host": HOST,
        "--dtype": settings.dtype,
        "--max-model-len": max_length,
        "--max-num-seqs": settings.max_sequences,
        "--kv-cache-memory-bytes": int(settings.kv_cache_gb * 2**30),
        "--gpu-memory-utilization": 0.01,  # see there, too
        "--logprobs-mode": "processed_logprobs",
        "--tensor-parallel-size": max(1, gpus),
    }
    flags = [word for name, value in values.items() for word in (name, str(value))]
    serve = [sys.executable, "-m", "rlvr.rollout.server.serve", "serve", model_path]
    return [*serve, *flags, *switches, *transfer]


def socket_folder(folder: Path) -> Path:
    """``folder``, or /tmp where the path of a socket in it is too long: vLLM names them by a UUID.

    Not the environment's folder for temporary files, which may be as long.
    """
    is_short = len(str(folder / str(uuid4()))) <= LONGEST_SOCKET_PATH
    return folder if is_short else Path("/tmp")


def environment(devices: str | None, replicas: int, folder: Path) -> dict[str, str]:
    """This process's, without what it has set for a vLLM of its own; ``devices``: GPU numbers.

    ``folder`` is for temporary files: vLLM leaves some behind, and all of them where it is killed.
    """
    ours = without_ranks(os.environ) | {
        "VLLM_SERVER_DEV_MODE": "1",  # the routes for weights
        "VLLM_LOGGING_LEVEL": "INFO",
        "TMPDIR": str(folder),
        "VLLM_RPC_BASE_PATH": str(socket_folder(folder)),
        "VLLM_NO_USAGE_STATS": os.environ.get("VLLM_NO_USAGE_STATS", "1"),
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(Path(rlvr.__path__[0]).parent), os.environ.get("PYTHONPATH")])
        ),
    }
    if devices is None:
        # A core is left for what is not a kernel: threads that wait for each other spin.
        threads = max(1, (len(os.sched_getaffinity(0)) - 1) // replicas)
        on_cpu = {
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(threads)),
            # The sampler alone would be compiled: seconds at the first logprob, for nothing.
            "TORCHDYNAMO_DISABLE": "1",
            "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # the worker has no process
        }
        return ours | on_cpu
    on_gpus = {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # that of nvidia-smi, and not the fastest first
        "CUDA_VISIBLE_DEVICES": devices,
        "VLLM_ENABLE_V1_MULTIPROCESSING": "1",
    }
    return ours | on_gpus
