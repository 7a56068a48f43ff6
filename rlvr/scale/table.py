"""The answer for a person: which topology for each model and number of GPUs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from rlvr.scale.hardware import Device, Efficiency
from rlvr.scale.plan import Plan, choose
from rlvr.scale.shapes import shape
from rlvr.scale.workload import Workload

COLUMNS = (
    "model", "GPUs", "topology", "learner + engines", "TP", "generate s", "verify s", "train s",
    "update s", "step s", "MFU", "colocated s", "saves", "tokens/s/GPU",
)  # fmt: skip
ROW = tuple[str, ...]


def rows(
    models: Sequence[str],
    gpus: Sequence[int],
    device: Device,
    workload: Workload,
    efficiency: Efficiency,
) -> list[ROW]:
    """One row a model and number of GPUs, as text, in the order of ``COLUMNS``."""
    return [_row(model, count, device, workload, efficiency) for model in models for count in gpus]


def _row(model: str, gpus: int, device: Device, workload: Workload, efficiency: Efficiency) -> ROW:
    sizes = shape(model)
    best = choose(sizes, device, gpus, workload, efficiency)
    if best is None:
        return (model, f"{gpus:,}", "does not fit", *[""] * (len(COLUMNS) - 3))
    plain = choose(sizes, device, gpus, workload, efficiency, ("colocated",))
    rate = workload.completion_tokens / best.seconds / best.gpus
    return (
        model,
        f"{gpus:,}",
        best.topology,
        _split(best),
        str(best.parallel),
        *(seconds(x) for x in (best.generate, best.verify, best.train, best.update, best.seconds)),
        f"{best.mfu:.0%}",
        *(("does not fit", "") if plain is None else (seconds(plain.seconds), _saved(best, plain))),
        f"{rate:,.0f}",
    )


def _saved(best: Plan, plain: Plan) -> str:
    return f"{1 - best.seconds / plain.seconds:.0%}"


def _split(plan: Plan) -> str:
    if plan.topology == "colocated":
        return f"{plan.gpus:,} shared"
    return f"{plan.learner_gpus:,} + {plan.engine_gpus:,}"


def seconds(value: float) -> str:
    """Three figures at most, one after the point from 10 on."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def rich_table(title: str, found: Sequence[ROW]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in COLUMNS:
        is_text = name in ("model", "topology")
        table.add_column(name, justify="left" if is_text else "right")
    for row in found:
        table.add_row(*row)
    return table


def markdown(found: Sequence[ROW]) -> str:
    """The same as in docs/scale.md, which a test compares with this."""
    lines = [COLUMNS, ["---" if c in ("model", "topology") else "---:" for c in COLUMNS], *found]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
