"""A device that computes on the CPU and refuses what a GPU refuses.

Its tensors mix with no other device's (but for numbers, and for indices, as on a GPU), and cannot
be read as NumPy arrays before they are copied. So code that leaves a tensor behind on the CPU
fails here as it would on a GPU. What else a GPU does differently, its kernels, memory and
streams, it does not show.

Registering it changes torch for the whole process, so it belongs in a process of its own. It
stands on torch's experimental backends in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import (
    _DummyBackendModule,
    _setup_privateuseone_for_python_backend,
)

NAME = "strict"
COPIES = ("aten::_to_copy", "aten::to", "aten::copy_")
INDEXED = ("aten::index", "aten::index_put_", "aten::_index_put_impl_")
CPU = torch.device("cpu")


class MixedDevicesError(RuntimeError):
    """An operation on tensors of two devices."""


class StrictTensor(torch.Tensor):
    """``raw``, a tensor of the CPU, said to be on the strict device."""

    raw: torch.Tensor

    @staticmethod
    def __new__(cls, raw: torch.Tensor) -> StrictTensor:
        made: StrictTensor = torch.Tensor._make_wrapper_subclass(
            cls,
            raw.size(),
            strides=raw.stride(),
            storage_offset=raw.storage_offset(),
            dtype=raw.dtype,
            device=torch.device(NAME, 0),
        )
        made.raw = raw
        return made

    def tolist(self) -> Any:
        """A wait for the device, but allowed on a GPU; torch refuses it to subclasses."""
        return self.raw.tolist()

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        return _run(func, args, kwargs or {})


class StrictDevice(TorchDispatchMode):
    """A context in which tensors can be made on the device NAME."""

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        return _run(func, args, kwargs or {})


class Backend(_DummyBackendModule):
    """What torch asks of a device's module."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16]


def register() -> torch.device:
    """The device, from now on known to torch."""
    _setup_privateuseone_for_python_backend(NAME, backend_module=Backend())
    for name in ("tensor", "as_tensor"):  # they fill what they make below torch's dispatch
        setattr(torch, name, _on_cpu_first(getattr(torch, name)))
    return torch.device(NAME, 0)


def _on_cpu_first(make: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    def made(*args: Any, device: Any = None, **options: Any) -> torch.Tensor:
        if _is_strict(device):
            return make(*args, **options).to(device)
        return make(*args, device=device, **options)

    return made


def _is_strict(device: Any) -> bool:
    return device is not None and torch.device(device).type == NAME


def _run(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    name = func._schema.name
    tensors = [each for each in tree_leaves((args, kwargs)) if isinstance(each, torch.Tensor)]
    strict = [each for each in tensors if isinstance(each, StrictTensor)]
    if strict and name not in COPIES:
        _check_one_device(name, tensors)
    if name == "aten::_fused_sdp_choice":
        return 0  # attention by matrix products, which every device has
    devices = [each for each in tree_leaves((args, kwargs)) if isinstance(each, torch.device)]
    becomes_strict = _is_strict(devices[0]) if devices else bool(strict)
    if name == "aten::copy_":
        becomes_strict = isinstance(args[0], StrictTensor)
    wrapped = {id(each.raw): each for each in strict}

    def lower(value: Any) -> Any:
        if isinstance(value, torch.device):
            return CPU if _is_strict(value) else value
        return value.raw if isinstance(value, StrictTensor) else value

    def lift(value: Any) -> Any:
        if not isinstance(value, torch.Tensor) or isinstance(value, StrictTensor):
            return value
        if id(value) in wrapped:  # what changes a tensor in place returns that tensor
            return wrapped[id(value)]
        return StrictTensor(value) if becomes_strict else value

    lowered_args, lowered_kwargs = tree_map(lower, (args, kwargs))
    return tree_map(lift, func(*lowered_args, **lowered_kwargs))


def _check_one_device(name: str, tensors: Sequence[torch.Tensor]) -> None:
    """Numbers go anywhere, and so do indices of the CPU."""
    if name in INDEXED:
        tensors = [each for each in tensors if each.dtype.is_floating_point]
    left_behind = [
        tuple(each.shape)
        for each in tensors
        if not isinstance(each, StrictTensor) and each.dim() > 0
    ]
    if left_behind:
        raise MixedDevicesError(f"{name} on {NAME} and CPU tensors; on the CPU: {left_behind}")
