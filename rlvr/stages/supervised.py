"""From nothing to a novice: a newborn model, and its lessons."""

from __future__ import annotations

from pathlib import Path

from rlvr.interrupt import Interrupt
from rlvr.learn.sft import SftTrainer
from rlvr.led.parts import sft_learner_of
from rlvr.loop import supervise
from rlvr.model_files import save_whole
from rlvr.newborn import save_newborn
from rlvr.progress import Progress
from rlvr.seeding import derive_seed
from rlvr.stages.shared import Run


def supervised_model(run: Run) -> str | Path:
    """The model to reinforce: the user's own, or a newborn; after its lessons, if it has any."""
    start = run.config.model.path or _newborn(run)
    if not run.config.sft.steps:
        return start
    taught = run.folder.model("sft")
    if not taught.exists():
        with run.tally.clock("sft"):
            _teach(run, start, taught)
    return taught


def _newborn(run: Run) -> Path:
    config, folder = run.config, run.folder.model("newborn")
    if not folder.exists():
        families = config.data.families
        save_whole(folder, lambda path: save_newborn(config.model, config.seed, path, families))
    return folder


def _teach(run: Run, start: str | Path, taught: Path) -> None:
    steps = run.config.sft.steps
    learner = sft_learner_of(run.lead, run.beginning(start, "sft"), run.config)
    lessons = run.data.lessons(run.prompter(start))
    trainer = SftTrainer(learner, lessons, derive_seed(run.config.seed, "sft"))
    first_step = run.restore("sft", learner, trainer)
    with Interrupt() as interrupt, Progress("supervised", steps, first_step) as progress:
        after_step = run.after_step("sft", learner, trainer, interrupt, progress)
        supervise(trainer, first_step, run.config, after_step)
    save_whole(taught, learner.policy.save)
