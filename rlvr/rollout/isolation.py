"""Keeping the rest of the process as it was while a library rearranges it."""

from __future__ import annotations

import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
import torch.distributed as dist


@contextmanager
def process_state_kept() -> Iterator[None]:
    """Undo what starting vLLM in this process does to it.

    vLLM seeds the generators of Python, NumPy and torch, replaces ``torch.set_num_threads`` by a
    function that does nothing (on a CPU) or sets one thread and the precision of float32 products
    (on a GPU), puts a hook of torch.distributed on tracebacks, and sets environment variables that
    children inherit (``LD_PRELOAD``, ``LOCAL_WORLD_SIZE``). Its own variables (``VLLM_*``) are left
    to it.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    set_num_threads, num_threads = torch.set_num_threads, torch.get_num_threads()
    excepthook, environment = sys.excepthook, dict(os.environ)
    precision = torch.get_float32_matmul_precision()
    devices = [torch.cuda.current_device()] if torch.cuda.is_initialized() else []
    try:
        with torch.random.fork_rng(devices), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        torch.set_num_threads = set_num_threads
        torch.set_num_threads(num_threads)
        torch.set_float32_matmul_precision(precision)
        sys.excepthook = excepthook
        _restore_environment(environment)


@contextmanager
def process_group_kept() -> Iterator[None]:
    """Let vLLM take down its own process groups, and not the one of the ranks it runs among."""
    destroy = dist.destroy_process_group

    def destroy_own(group: dist.ProcessGroup | None = None) -> None:
        if group is not None and group != dist.GroupMember.WORLD:
            destroy(group)

    dist.destroy_process_group = destroy_own
    try:
        yield
    finally:
        dist.destroy_process_group = destroy


def _restore_environment(before: dict[str, str]) -> None:
    for name in [name for name in os.environ if not name.startswith("VLLM_")]:
        if name not in before:
            del os.environ[name]
    for name, value in before.items():
        if not name.startswith("VLLM_") and os.environ.get(name) != value:
            os.environ[name] = value
