"""The main job: data, a model from nothing, a supervised novice, reinforcement, before and after.

Every stage leaves its result in the run folder and is skipped when that is there, so that a run
that was stopped anywhere goes on from its last checkpoint to the same end.
"""

from __future__ import annotations

from rich.console import Console

from rlvr.closing import make_pages, show_answer
from rlvr.config import Config
from rlvr.folder import RunFolder, write_json
from rlvr.led.job import leading
from rlvr.stages.reinforced import Outcome, reinforced_model
from rlvr.stages.shared import Run
from rlvr.stages.summary import summarise_run
from rlvr.stages.supervised import supervised_model


def run_job(
    config: Config, folder: RunFolder, resumed: bool, console: Console, only_sft: bool = False
) -> None:
    """All stages, and the summary that is written last; or the first two stages.

    Raises ``RunInterruptedError`` after Ctrl-C, when all is saved.
    """
    with leading(config) as lead:
        run = Run(config, folder, resumed, console, lead)
        exit_code = 1
        try:
            start = supervised_model(run)
            if only_sft:
                console.print(f"supervised model: {start}")
            else:
                _finish(run, reinforced_model(run, start))
            exit_code = 0
        finally:
            run.close(exit_code)


def _finish(run: Run, outcome: Outcome) -> None:
    summary = summarise_run(
        run.config, outcome.engine, outcome.before, outcome.after, run.tally, run.data.siftings
    )
    write_json(run.folder.summary, summary)
    show_answer(outcome.answer, run.console)
    run.console.print(f"summary: {run.folder.summary}", markup=False, soft_wrap=True)
    make_pages(run.folder.path, run.config.trace, run.console)
