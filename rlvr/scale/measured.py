"""What `scripts/bench_gpu.py` wrote: read back, compared with the model, and used in it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.table import Table

from rlvr.model_sizes import ModelSizes, num_parameters
from rlvr.scale.hardware import Device, Efficiency
from rlvr.scale.points import KINDS, Machine, Point, TrainingPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A machine, and parts of a step that were measured on it in the same run."""

    machine: Machine
    date: str
    points: tuple[Point, ...]


def to_json(machine: Machine | None, points: Sequence[Point]) -> dict[str, Any]:
    """The part of the file that `load` reads; no machine where its overheads are not known."""
    return {
        "machine": None if machine is None else asdict(machine),
        "points": [{"part": _part(point), **asdict(point)} for point in points],
    }


def _part(point: Point) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(point, kind))


def load(path: Path) -> Measured:
    """Raises ValueError for a file that holds something else, or no overheads."""
    try:
        record = json.loads(path.read_text("utf-8"))
        if record["machine"] is None:
            raise ValueError("it was measured without probes, so it has no overheads")
        return Measured(
            machine=Machine(**record["machine"]),
            date=record["date"],
            points=tuple(_point(row) for row in record["points"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path}: {error}; a file that scripts/bench_gpu.py wrote is accepted"
        ) from error


def _point(row: dict[str, Any]) -> Point:
    values = {name: value for name, value in row.items() if name != "part"}
    values["sizes"] = ModelSizes(**values["sizes"])
    return KINDS[row["part"]](**values)


def comparison(measured: Measured) -> Table:
    """Predicted against measured, a row a point."""
    table = Table(
        title=f"{measured.machine.name}, {measured.date}: the model against measured parts",
        title_justify="left",
    )
    for name in ("parameters", "part", "dtype", "measured ms", "predicted ms", "ratio"):
        table.add_column(name, justify="left" if name in ("part", "dtype") else "right")
    for point in measured.points:
        predicted = point.predicted(measured.machine)
        table.add_row(
            f"{num_parameters(point.sizes) / 1e6:,.1f} M",
            point.describe(),
            point.dtype,
            f"{point.seconds * 1e3:,.2f}",
            f"{predicted * 1e3:,.2f}",
            f"{predicted / point.seconds:.2f}",
        )
    return table


def calibrated(measured: Measured, device: Device, dtype: str = "bfloat16") -> Efficiency:
    """The assumptions, replaced by what the same kind of device was measured to do.

    Rates as shares of ``device``'s peaks. ``matrix`` is lowered until training's points come out
    right on average (by the median ratio); overheads are taken as they are. What needs several
    GPUs stays assumed.
    """
    machine = measured.machine
    ratios = [p.predicted(machine) / p.seconds for p in measured.points if _is_training(p, dtype)]
    if not ratios:
        raise ValueError(f"no training in {dtype} was measured on {machine.name}; one is needed")
    matrix = machine.matrix_flops[dtype] / device.flops * min(1.0, statistics.median(ratios))
    return replace(
        Efficiency(),
        matrix=matrix,
        bandwidth=machine.memory_bandwidth / device.memory_bandwidth,
        decode_step=machine.decode_step,
        decode_layer=machine.decode_layer,
        decode_sequence=machine.decode_sequence,
        tensor=machine.tensor,
        sleep=machine.sleep,
    )


def _is_training(point: Point, dtype: str) -> bool:
    return isinstance(point, TrainingPoint) and point.dtype == dtype
