"""One shape in a process of its own, so that its memory is its own and vLLM starts afresh."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.learn.policy import Policy
from rlvr.model_sizes import num_parameters
from rlvr.quiet import hide_library_bars
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollout.factory import make_engine
from rlvr.scale.points import Point
from scripts.gpu_bench.machine import device_name, matrix_flops, memory_bandwidth, peak_mb, versions
from scripts.gpu_bench.rollout import decode_points, rollout_rates
from scripts.gpu_bench.shapes import PROBES, SETTINGS, Setting, quick, save_model
from scripts.gpu_bench.training import (
    make_trainer,
    parity,
    sleep_seconds,
    training_point,
    update_point,
    utilisation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeRun:
    """What one process found. ``result`` is for the table and None of a probe."""

    device: str
    versions: dict[str, str]
    engine: str
    matrix_flops: dict[str, float]
    memory_bandwidth: float
    points: list[Point]
    result: dict[str, Any] | None


def run_shape(name: str, engine: str, dtype: str, is_quick: bool) -> ShapeRun:
    """The engine first, as in a run."""
    hide_library_bars()
    setting = quick(SETTINGS[name]) if is_quick else SETTINGS[name]
    config = RolloutConfig.model_validate(
        {
            "engine": engine,
            "dtype": dtype,
            "max_sequences": setting.requests,
            "kv_cache_gb": setting.kv_cache_gb,
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        path = save_model(setting.sizes, setting.max_length, Path(folder), getattr(torch, dtype))
        torch.cuda.empty_cache()
        start = perf_counter()
        made = make_engine(path, config, setting.max_length)
        start_seconds = perf_counter() - start
        try:
            points: list[Point] = [*decode_points(made, setting, dtype)]
            result = None
            if name in PROBES:
                points.append(update_point(made, load_policy(path, dtype), setting, dtype))
                rates = matrix_rates()
            else:
                measured, result, rates = measure(made, path, setting, dtype)
                points += measured
                result |= {"shape": name, "engine_start_seconds": start_seconds}
        finally:
            made.close()
    return ShapeRun(
        device=device_name(),
        versions=versions(),
        engine=made.name,
        matrix_flops=rates,
        memory_bandwidth=memory_bandwidth(),
        points=points,
        result=result,
    )


def measure(
    engine: RolloutEngine, path: str, setting: Setting, dtype: str
) -> tuple[list[Point], dict[str, Any], dict[str, float]]:
    """Points of training and update, figures for the table, and the rates of products."""
    rollout = rollout_rates(engine, setting)
    policy = load_policy(path, dtype)
    trainer = make_trainer(policy, setting)
    training = training_point(trainer, setting, dtype)
    update = update_point(engine, policy, setting, dtype)
    asleep = sleep_seconds(engine, policy, setting, update.seconds)
    agreement, peak = parity(engine, trainer, setting), peak_mb()
    # Last: its matrices are larger than a small model and would be the peak.
    rates = matrix_rates()
    result = {
        "parameters": num_parameters(setting.sizes),
        "engine": engine.name,
        "dtype": dtype,
        "rollout_tokens_per_second": rollout,
        "training_tokens_per_second": training.tokens / training.seconds,
        "model_flop_utilisation": utilisation(training, rates[dtype]),
        "weight_update_seconds": update.seconds,
        "sleep_and_wake_seconds": asleep,
        "parity": agreement,
        "peak_memory_mb": peak,
    }
    return [training, update], result, rates


def load_policy(path: str, dtype: str) -> Policy:
    """As the presets for GPUs train: weights in float32, layers in ``dtype``."""
    return Policy.load(path, device=_device(), autocast=dtype == "bfloat16")


def matrix_rates() -> dict[str, float]:
    """By the name of their dtype; on a GPU those of float32 in TF32 too, as heads are trained."""
    rates = {}
    before = torch.get_float32_matmul_precision()
    try:
        for name, dtype, precision in (
            ("float32", torch.float32, "highest"),
            ("tf32", torch.float32, "high"),
            ("bfloat16", torch.bfloat16, before),
        ):
            if name != "tf32" or torch.cuda.is_available():
                torch.set_float32_matmul_precision(precision)
                rates[name] = matrix_flops(dtype)
    finally:
        torch.set_float32_matmul_precision(before)
    return rates


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"
