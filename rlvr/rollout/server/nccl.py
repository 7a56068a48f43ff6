"""Weights over NCCL, by vLLM's own transfer: for a learner and servers on GPUs of their own.

This has not been run on a GPU yet. The trainer's side is vLLM's `NCCLTrainerWeightTransferEngine`
with the learner as rank 0 and the workers of one server after it. Each server has a group of its
own, so that one that is replaced joins a new group and disturbs no other; the price is one
broadcast a server.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import torch

from rlvr.rollout.isolation import process_state_kept
from rlvr.rollout.server.client import ServerError
from rlvr.rollout.server.sockets import free_port
from rlvr.rollout.server.transfer import NamedTensors, WeightClient, engine_dtype

with process_state_kept():
    from vllm.distributed.weight_transfer.base import ParamMeta, WeightSource
    from vllm.distributed.weight_transfer.nccl_engine import (
        NCCLTrainerInitInfo,
        NCCLTrainerWeightTransferEngine,
    )


class HostCopy(WeightSource):
    """The last weights in the host's memory (pinned, with CUDA), in the engine's dtype.

    On the host, because the learner's GPU is full: 2 bytes a parameter in bfloat16, and a copy
    over PCIe for each server. The buffers are kept from update to update, so an update that breaks
    off takes the weights before with it: then there are none.
    """

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self._dtype, self._device = dtype, device
        self._tensors: dict[str, torch.Tensor] = {}

    @property
    def is_empty(self) -> bool:
        return not self._tensors

    def take(self, weights: NamedTensors) -> None:
        on_gpu = self._device.type == "cuda"
        buffers, self._tensors = self._tensors, {}
        taken: dict[str, torch.Tensor] = {}
        for name, tensor in weights:
            given = engine_dtype(tensor, self._dtype)
            buffer = buffers.get(name)
            if buffer is None:
                buffer = torch.empty(given.shape, dtype=given.dtype, pin_memory=on_gpu)
            taken[name] = buffer.copy_(given, non_blocking=on_gpu)
        if on_gpu:
            torch.cuda.synchronize()  # before the learner goes on to change them
        self._tensors = taken

    def metadata(self) -> list[ParamMeta]:
        return [ParamMeta(name, t.dtype, tuple(t.shape)) for name, t in self._tensors.items()]

    def __iter__(self) -> Iterator[tuple[str, torch.Tensor]]:
        for name, tensor in self._tensors.items():
            yield name, tensor.to(self._device, non_blocking=True)


class NcclTransfer:
    """Sends the host's copy to one server after the other."""

    arguments: tuple[str, ...] = ("--weight-transfer-config", '{"backend": "nccl"}')

    def __init__(self, dtype: torch.dtype) -> None:
        self.has_weights = False
        self._device = torch.device("cuda", torch.cuda.current_device())
        self._copy = HostCopy(dtype, self._device)
        self._groups: dict[str, NCCLTrainerWeightTransferEngine] = {}

    def keep(self, weights: NamedTensors) -> None:
        self._copy.take(weights)
        self.has_weights = True

    def send(self, client: WeightClient) -> None:
        if self._copy.is_empty:
            raise ServerError(
                client.url,
                "there are no weights to give it: an update broke off half-way; resume the run",
            )
        with torch.cuda.device(self._device):  # each thread has a device of its own
            if client.url not in self._groups:
                self._groups[client.url] = self._join(client)
            group = self._groups[client.url]
            group.client = client  # its limits run from now
            group.send_weights()

    def forget(self, url: str) -> None:
        # Not shut down: that would wait for a peer that is gone.
        self._groups.pop(url, None)

    def _join(self, client: WeightClient) -> NCCLTrainerWeightTransferEngine:
        info = NCCLTrainerInitInfo(
            master_address=own_address(client.url),
            master_port=free_port(),
            world_size=1 + client.world_size(),
            rank=0,
        )
        return NCCLTrainerWeightTransferEngine.trainer_init(info, client=client, source=self._copy)


def own_address(url: str) -> str:
    """The address of this machine that the server at ``url`` can reach."""
    parts = urlsplit(url)
    (family, _, _, _, address), *_ = socket.getaddrinfo(
        parts.hostname, parts.port, type=socket.SOCK_DGRAM
    )
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(address)  # sends nothing: it only asks which way it would go
        return str(probe.getsockname()[0])
