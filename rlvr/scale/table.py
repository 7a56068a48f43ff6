"""The answer for a person: which topology for each model and number of GPUs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from rlvr.scale.hardware import Device, Efficiency
from rlvr.scale.plan import Plan, choose
from rlvr.scale.shapes import shape
from rlvr.scale.workload import Workload

COLUMNS = (
    "model", "GPUs", "choose", "learner + engines", "TP", "generate s", "verify s", "train s",
    "update s", "step s", "MFU", "one step off s", "saves", "tokens/s/GPU",
)  # fmt: skip
ROW = tuple[str, ...]
WORTH = 0.1


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
    colocated, ahead = (
        choose(sizes, device, gpus, workload, efficiency, (topology,))
        for topology in ("colocated", "server, one step off")
    )
    plan = recommended(colocated, ahead)
    if plan is None:
        return (model, f"{gpus:,}", "does not fit", *[""] * (len(COLUMNS) - 3))
    rate = workload.completion_tokens / plan.seconds / plan.gpus
    return (
        model,
        f"{gpus:,}",
        plan.topology,
        _split(plan),
        str(plan.parallel),
        *(seconds(x) for x in (plan.generate, plan.verify, plan.train, plan.update, plan.seconds)),
        f"{plan.mfu:.0%}",
        "does not fit" if ahead is None else seconds(ahead.seconds),
        f"{1 - ahead.seconds / colocated.seconds:.0%}" if ahead and colocated else "",
        f"{rate:,.0f}",
    )


def recommended(colocated: Plan | None, ahead: Plan | None) -> Plan | None:
    """On policy on shared GPUs, unless one step off saves at least ``WORTH`` of the step.

    The server without a step ahead is never faster than with one, so it is not asked.
    """
    if colocated is None or ahead is None:
        return colocated or ahead
    return ahead if ahead.seconds <= (1 - WORTH) * colocated.seconds else colocated


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
        is_text = name in ("model", "choose")
        table.add_column(name, justify="left" if is_text else "right")
    for row in found:
        table.add_row(*row)
    return table


def markdown(found: Sequence[ROW]) -> str:
    """The same as in docs/scale.md, which a test compares with this."""
    lines = [COLUMNS, ["---" if c in ("model", "choose") else "---:" for c in COLUMNS], *found]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
