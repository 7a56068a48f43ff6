"""``rlvr traces``: rollouts in the terminal, or as a report of static pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer.core import TyperGroup

from rlvr.cli_sync import sync
from rlvr.trace.whys import WHYS

console = Console()


class _ShowByDefault(TyperGroup):
    """``rlvr traces RUN`` is ``rlvr traces show RUN``; a run of a command's name is ``./NAME``."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in (*self.commands, "--help"):
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ShowByDefault,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Read the rollouts of a run: problem, working, verdict, reward. "
    "RUN alone shows them in the terminal, with --html as pages; or send them to wandb.",
    epilog="Example: rlvr traces runs/tiny --html report",
)

Html = Annotated[
    Path | None,
    typer.Option("--html", help="Write pages into this folder; open its index.html, also offline."),
]
Jobs = Annotated[
    int | None, typer.Option(help="Processes that check claims for --html (all cores).", min=1)
]


@app.command(epilog="Example: rlvr traces runs/tiny --step 12 --family rational --picked worst")
def show(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    step: Annotated[int | None, typer.Option(help="Only rollouts of this step.")] = None,
    problem: Annotated[str | None, typer.Option(help="Only rollouts of this problem (id).")] = None,
    family: Annotated[str | None, typer.Option(help="Only problems of this family.")] = None,
    picked: Annotated[
        str | None, typer.Option(help=f"Only those worth reading as {', '.join(WHYS)}.")
    ] = None,
    search: Annotated[str | None, typer.Option(help="Only rollouts that hold this text.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 8,
    html: Html = None,
    jobs: Jobs = None,
) -> None:
    """Show rollouts in the terminal; with --html, write a report of the whole run."""
    if html is not None:
        if any(value is not None for value in (step, problem, family, picked, search)):
            raise ValueError(
                "--html writes the whole run, and its page has the filters: "
                "leave out --step, --problem, --family, --picked and --search"
            )
        _report([run], html, jobs)
        return
    from rlvr.trace.find import Wanted
    from rlvr.trace.terminal import show as show_rollouts

    wanted = Wanted(step=step, problem=problem, family=family, picked=picked, search=search)
    show_rollouts(run, wanted, limit=limit)


app.command(epilog="Example: rlvr traces sync runs/tiny")(sync)


@app.command(epilog="Example: rlvr traces compare runs/a runs/b --html report")
def compare(
    run_a: Annotated[Path, typer.Argument(help="A run folder.")],
    run_b: Annotated[Path, typer.Argument(help="Another.")],
    html: Annotated[
        Path, typer.Option("--html", help="Write the pages into this folder.", show_default=False)
    ],
    jobs: Jobs = None,
) -> None:
    """Write a report of two runs side by side: curves, habits, families, problems."""
    _report([run_a, run_b], html, jobs)


def _report(runs: list[Path], output: Path, jobs: int | None) -> None:
    from rlvr.report.build import build_report

    try:
        page = build_report(runs, output, jobs)
    except KeyboardInterrupt:
        Console(stderr=True).print(f"stopped; {output} is as it was before")
        raise typer.Exit(130) from None
    console.print(f"written: {page}", markup=False, highlight=False, soft_wrap=True)
