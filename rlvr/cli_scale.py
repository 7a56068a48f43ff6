"""``rlvr scale``: what a step would take on so many GPUs, and which topology to choose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rlvr.scale.hardware import DEVICES, Efficiency, device
from rlvr.scale.measured import calibrated, comparison, load
from rlvr.scale.shapes import SHAPES
from rlvr.scale.table import markdown, rich_table, rows
from rlvr.scale.workload import Workload

console = Console()
MODELS = ["qwen2.5-1.5b", "qwen2.5-7b", "qwen2.5-14b", "qwen2.5-32b", "qwen2.5-72b"]
GPUS = [8, 16, 32, 64, 128, 256, 512, 1024]
DEFAULT = Workload()


def scale(
    model: Annotated[
        list[str] | None, typer.Option(help=f"Again for more: {', '.join(SHAPES)}.")
    ] = None,
    gpus: Annotated[
        list[int] | None, typer.Option(help="Again for more; 1, 2, 4 or whole nodes of 8.")
    ] = None,
    hardware: Annotated[str, typer.Option(help=f"{', '.join(DEVICES)}.")] = "h100",
    problems: Annotated[int, typer.Option(help="A step.")] = DEFAULT.problems,
    group: Annotated[int, typer.Option(help="Completions a problem.")] = DEFAULT.group,
    prompt: Annotated[int, typer.Option(help="Tokens of a prompt.")] = DEFAULT.prompt,
    mean: Annotated[float, typer.Option(help="Tokens of a completion, mean.")] = DEFAULT.mean,
    longest: Annotated[int, typer.Option(help="Tokens, at most.")] = DEFAULT.longest,
    verify_ms: Annotated[
        float, typer.Option(help="Of one CPU core, a completion.")
    ] = DEFAULT.verify_seconds * 1e3,
    measured: Annotated[
        Path | None,
        typer.Option(help="What scripts/bench_gpu.py wrote on such a GPU; takes its efficiency."),
    ] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown")] = False,
) -> None:
    """Where the time of a step goes on so many GPUs, and which topology is the fastest."""
    workload = Workload(
        problems=problems,
        group=group,
        prompt=prompt,
        mean=mean,
        longest=longest,
        verify_seconds=verify_ms / 1e3,
    )
    chosen, efficiency = device(hardware), Efficiency()
    if measured is not None:
        points = load(measured)
        if not as_markdown:  # before what needs a GPU's figures: a CPU's can be compared too
            console.print(comparison(points))
        efficiency = calibrated(points, chosen)
    found = rows(model or MODELS, gpus or GPUS, chosen, workload, efficiency)
    if as_markdown:
        print(markdown(found), end="")
        return
    title = (
        f"{chosen.name}: {problems:,} x {group} completions of {mean:,.0f} tokens "
        f"(at most {longest:,}), prompts of {prompt:,}; times are predicted"
    )
    console.print(rich_table(title, found))
