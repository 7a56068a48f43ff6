"""What a run shows when it is done: its answer to the seed problem, figures, and the report."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from rlvr.config import TraceConfig
from rlvr.report.build import build_report
from rlvr.trace.figure import draw_habits
from rlvr.trace.jsonl import rollout_files
from rlvr.types import Rollout

REPORT = "report"


def show_answer(rollout: Rollout, console: Console) -> None:
    """A problem, the completion, the verdict and its reasons."""
    verdict = rollout.reward.verdict
    console.rule(rollout.prompt.task.text)
    console.print(rollout.text, markup=False)
    console.print(f"verdict: {verdict.verdict} ({verdict.reason})")
    for sentence in verdict.evidence:
        console.print(f"  {sentence}", markup=False)


def make_pages(run_folder: Path, config: TraceConfig, console: Console) -> None:
    """``habits.png`` and, unless the config says no, the report; prints where it is."""
    draw_habits(run_folder)
    if config.report and rollout_files(run_folder):
        page = build_report([run_folder], run_folder / REPORT)
        console.print(f"report: {page}", markup=False, highlight=False, soft_wrap=True)
