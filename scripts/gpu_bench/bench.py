"""The benchmark as a whole: every shape in its own process, one record of all of them."""

from __future__ import annotations

import multiprocessing
import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

from rlvr.scale.measured import to_json
from rlvr.scale.points import DecodePoint, Machine, UpdatePoint, decode_overheads
from rlvr.scale.transfer import num_tensors
from scripts.gpu_bench.shape_run import ShapeRun, run_shape
from scripts.gpu_bench.shapes import PROBES


def run_all(
    shapes: Sequence[str], *, engine: str, dtype: str, is_quick: bool, probe: bool
) -> dict[str, Any]:
    """The record that is written: date, device, versions, results, the machine and its points."""
    probes: list[ShapeRun] = []
    if probe:
        probes = [_in_process(name, engine, dtype, is_quick) for name in PROBES]
    runs = [_in_process(name, engine, dtype, is_quick) for name in shapes]
    machine = machine_of(probes, runs) if probes else None
    points = [point for run in runs for point in run.points]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "device": runs[0].device,
        "versions": runs[0].versions,
        "results": [run.result for run in runs],
        **to_json(machine, points),
    }


def _in_process(name: str, engine: str, dtype: str, is_quick: bool) -> ShapeRun:
    """A fresh process a shape: one engine at a time, and peaks of memory of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(run_shape, name, engine, dtype, is_quick).result()


def machine_of(probes: Sequence[ShapeRun], runs: Sequence[ShapeRun]) -> Machine:
    """Rates as the medians of all processes, overheads from the probes."""
    every = [*probes, *runs]
    overheads = decode_overheads(
        [p for run in probes for p in run.points if isinstance(p, DecodePoint)]
    )
    updates = [p for run in probes for p in run.points if isinstance(p, UpdatePoint)]
    return Machine(
        name=runs[0].device,
        matrix_flops={
            dtype: statistics.median(run.matrix_flops[dtype] for run in every)
            for dtype in runs[0].matrix_flops
        },
        memory_bandwidth=statistics.median(run.memory_bandwidth for run in every),
        decode_step=overheads.step,
        decode_layer=overheads.layer,
        decode_sequence=overheads.sequence,
        tensor=statistics.median(p.seconds / num_tensors(p.sizes) for p in updates),
        sleep=statistics.median(r.result["sleep_and_wake_seconds"] for r in runs if r.result),
    )
