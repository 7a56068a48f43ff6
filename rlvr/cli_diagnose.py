"""``rlvr diagnose``: why a run is not learning."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def diagnose(
    run: Annotated[Path, typer.Argument(help="A run folder, of a run that ended or goes on.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say in plain words why a run is not learning; exit status 1 where something is wrong."""
    from rlvr.diagnose.diagnose import diagnose as find
    from rlvr.diagnose.history import read_history

    history = read_history(run)
    findings = find(history)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        console = Console()
        first, last = (ends("verdict/correct_rate") for ends in (history.first, history.last))
        right = f"right completions {first or 0:.0%} at first, {last or 0:.0%} at last"
        console.print(f"{run}: {len(history.rows)} GRPO steps, {right}", soft_wrap=True)
        for finding in findings:
            console.print(f"\n{finding.problem}", style="bold red", markup=False, soft_wrap=True)
            console.print(f"  {finding.evidence}\n  {finding.advice}", markup=False, soft_wrap=True)
        if not findings:
            console.print("Nothing that is known to stop a run from learning was found.")
    if findings:
        raise typer.Exit(1)
