"""How weights come to a server: the contract, and the way over a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Protocol

import torch
from safetensors.torch import save_file

NamedTensors = Iterable[tuple[str, torch.Tensor]]


class WeightClient(Protocol):
    """One server's routes for weights, as vLLM's own trainer side calls them. All of them wait."""

    url: str

    def world_size(self) -> int: ...

    def init_weight_transfer_engine(self, init_info: dict[str, Any]) -> None: ...

    def start_weight_update(self) -> None: ...

    def update_weights(self, update_info: dict[str, Any] | list[dict[str, Any]]) -> None: ...

    def finish_weight_update(self, weight_version: str | None = None) -> None: ...


class Transfer(Protocol):
    """Keeps the last weights, because a server that is replaced needs them again: by then those of
    the learner may be newer."""

    has_weights: bool
    arguments: tuple[str, ...]
    """Of ``vllm serve``."""

    def keep(self, weights: NamedTensors) -> None:
        """Take over weights, each asked for once, and let go of those before."""
        ...

    def send(self, client: WeightClient) -> None:
        """Hand the kept weights to one server."""
        ...

    def forget(self, url: str) -> None:
        """The server there has been lost: whatever was agreed on with it."""
        ...


class FileTransfer:
    """A safetensors file that the servers read: on this machine, or on a disk that all share."""

    arguments: tuple[str, ...] = (
        "--weight-transfer-config",
        '{"backend": "rlvr-file"}',
        "--worker-extension-cls",
        "rlvr.rollout.server.worker.WeightFiles",
    )

    def __init__(self, dtype: torch.dtype, folder: Path) -> None:
        self.has_weights = False
        self._dtype, self._path = dtype, folder / "weights.safetensors"

    def keep(self, weights: NamedTensors) -> None:
        tensors: dict[str, torch.Tensor] = {}
        seen: set[int] = set()
        for name, tensor in weights:
            here = engine_dtype(tensor, self._dtype).cpu().contiguous()
            # The format refuses one memory under two names, as a tied head has it.
            tensors[name] = here.clone() if here.data_ptr() in seen else here
            seen.add(here.data_ptr())
        half_written = self._path.with_suffix(".tmp")
        save_file(tensors, half_written)
        os.replace(half_written, self._path)
        self.has_weights = True

    def send(self, client: WeightClient) -> None:
        client.start_weight_update()
        client.update_weights({"path": str(self._path)})
        client.finish_weight_update()

    def forget(self, url: str) -> None:
        pass


def engine_dtype(tensor: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """What the engine would round it to: half the bytes for a learner in float32."""
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def choose_transfer(
    choice: Literal["auto", "nccl", "file"], dtype: torch.dtype, folder: Path
) -> Transfer:
    """``"auto"`` is NCCL where this process has CUDA. Raises ValueError for NCCL without it."""
    has_cuda = torch.cuda.is_available()
    if choice == "nccl" and not has_cuda:
        raise ValueError(
            'rollout.server.transfer is "nccl", but the learner has no GPU: "auto" and "file" '
            "are accepted"
        )
    if choice == "file" or not has_cuda:
        return FileTransfer(dtype, folder)
    from rlvr.rollout.server.nccl import NcclTransfer

    return NcclTransfer(dtype)
