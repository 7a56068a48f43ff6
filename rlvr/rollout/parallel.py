"""Several engines side by side, each in a process of its own, on its share of a CPU's cores.

A small model's decoding step is mostly Python and kernels too short to be worth two threads, so
two engines on a core each write up to twice as many tokens a second as one engine on two cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any

import torch
import torch.multiprocessing

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.checks import check_requests
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.worker import serve
from rlvr.types import Completion


class ParallelEngine:
    """``settings.processes`` engines behind the contract of one; see `RolloutEngine`.

    Requests are dealt in turn, so that which process writes a completion depends on its place
    alone. Weights travel in memory that all processes share.
    """

    def __init__(self, model_path: str, settings: RolloutConfig, max_length: int) -> None:
        """Start the processes; ValueError and RuntimeError are those of the engine in them."""
        self.policy_version = 0
        self._max_length = max_length
        num = settings.processes
        own = settings.model_copy(
            update={
                "processes": 1,
                "max_sequences": -(-settings.max_sequences // num),
                "kv_cache_gb": settings.kv_cache_gb / num,
            }
        )
        self._weights: dict[str, torch.Tensor] = {}
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        context = torch.multiprocessing.get_context("spawn")
        try:
            for index, cores in enumerate(shares(sorted(os.sched_getaffinity(0)), num)):
                ours, theirs = context.Pipe()
                process = context.Process(
                    target=serve,
                    args=(theirs, index, cores, model_path, own, max_length),
                    name=f"engine-{index}",
                    daemon=True,
                )
                process.start()
                theirs.close()
                self._pipes.append(ours)
                self._processes.append(process)
            self.name: str = self._answers()[0]
        except BaseException:  # Ctrl-C too: no process is left behind
            self.close()
            raise

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        """One completion a request, in their order; see `RolloutEngine`."""
        check_requests(requests, sampling, self._max_length)
        num = len(self._pipes)
        dealt = [list(requests[index::num]) for index in range(num)]
        for index, share in enumerate(dealt):
            self._ask(index, "generate", self.policy_version, share, sampling)
        answers = self._answers()
        return [answers[at % num][at // num] for at in range(len(requests))]

    def update_weights(
        self, named_tensors: Iterable[tuple[str, torch.Tensor]], policy_version: int
    ) -> None:
        """Take over weights (names and shapes as in the hub's layout), in all processes."""
        shared = {}
        for name, tensor in named_tensors:
            kept = self._weights.get(name)
            if kept is None or (kept.shape, kept.dtype) != (tensor.shape, tensor.dtype):
                kept = torch.empty_like(tensor.detach(), device="cpu").share_memory_()
            shared[name] = kept.copy_(tensor.detach())
        if any(kept is not self._weights.get(name) for name, kept in shared.items()) or len(
            shared
        ) != len(self._weights):
            self._weights = shared
            self._ask_all("share", shared)
        self._ask_all("update", policy_version)
        self.policy_version = policy_version

    def sleep(self) -> None:
        """Nothing: on a CPU there is memory for both."""

    def close(self) -> None:
        """End the processes; the engine cannot be used again."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(timeout=10)
            if process.is_alive():
                process.kill()
                process.join()
        self._pipes, self._processes = [], []

    def _ask_all(self, method: str, *arguments: Any) -> None:
        for index in range(len(self._pipes)):
            self._ask(index, method, *arguments)
        self._answers()

    def _ask(self, index: int, method: str, *arguments: Any) -> None:
        try:
            self._pipes[index].send((method, arguments))
        except OSError:
            raise self._ended(index) from None

    def _answers(self) -> list[Any]:
        """Each process's, waited for; where one failed the others' are taken all the same, so
        that the next question has an answer of its own."""
        answers = []
        for index, pipe in enumerate(self._pipes):
            try:
                answers.append(pipe.recv())
            except (EOFError, OSError):
                answers.append((None, self._ended(index)))
        for _, error in answers:
            if error is not None:
                raise error
        return [result for result, _ in answers]

    def _ended(self, index: int) -> RuntimeError:
        process = self._processes[index]
        process.join(timeout=1)
        return RuntimeError(
            f"engine process {index} (pid {process.pid}) ended with exit code {process.exitcode}; "
            "where the system killed it (-9) memory may have run out: a smaller "
            "rollout.kv_cache_gb, or fewer rollout.processes, is accepted"
        )


def shares(cores: Sequence[int], num: int) -> list[list[int]]:
    """Cores for ``num`` processes, neighbours together; more processes than cores share them."""
    if num > len(cores):
        return [[cores[index % len(cores)]] for index in range(num)]
    bounds = [len(cores) * index // num for index in range(num + 1)]
    return [list(cores[start:end]) for start, end in pairwise(bounds)]
