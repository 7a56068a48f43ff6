"""``rlvr traces sync``: brings wandb up to what a run wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def sync(run: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Send wandb what it lacks of a run: metrics, tables, panels, summary, artifact.

    For a run that was offline, killed, or met an outage. A second sync adds nothing.
    """
    from rlvr.trace.sync import sync_run

    console = Console()
    sent = sync_run(run)
    console.print(f"sent: {', '.join(sent)}" if sent else "wandb has all of this run", markup=False)
