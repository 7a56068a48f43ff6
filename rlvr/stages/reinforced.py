"""GRPO between two evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rlvr.batch_state import restore_batch
from rlvr.data.sampler import TaskSampler
from rlvr.evaluate import EvalMetrics
from rlvr.interrupt import Interrupt
from rlvr.learn.trainer import Trainer
from rlvr.led.learners import LedTrainer
from rlvr.led.parts import engine_of, trainer_of
from rlvr.loop import reinforce
from rlvr.model_files import save_whole
from rlvr.probe import Probe
from rlvr.progress import Progress
from rlvr.prompt import Prompter
from rlvr.rollout.engine import RolloutEngine
from rlvr.stages.evaluated import answer_of_seed_problem, evaluation
from rlvr.stages.shared import Run
from rlvr.types import Rollout


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it; ``answer`` is to the problem that the project began with."""

    before: EvalMetrics
    after: EvalMetrics
    answer: Rollout
    engine: str


def reinforced_model(run: Run, start: str | Path) -> Outcome:
    """Leaves the model in the run's folder."""
    state = run.state_of("grpo")
    # A checkpoint of adapters is no model, and one that is deleted later is none for a server that
    # starts in another's place: there the engine takes the weights over as after a step.
    takes_over = run.config.model.lora.rank > 0 or run.config.rollout.topology == "server"
    source = run.checkpoint if state and run.checkpoint and not takes_over else start
    prompter = run.prompter(start)
    engine = engine_of(run.lead, source, run.config)
    run.console.print(f"engine: {engine.name}")
    try:
        before = evaluation(run, "before", engine, prompter, is_logged=bool(state))
        with run.tally.clock("grpo"):
            trainer = trainer_of(run.lead, run.beginning(start, "grpo"), run.config)
            if state and takes_over:
                weights = trainer.policy.named_tensors()
                engine.update_weights(weights, policy_version=state["step"])
            _reinforce(run, engine, prompter, trainer)
            del trainer  # its memory is the evaluation's
        after = evaluation(run, "after", engine, prompter)
        answer = answer_of_seed_problem(run, engine, prompter)
        return Outcome(before=before, after=after, answer=answer, engine=engine.name)
    finally:
        engine.close()


def _reinforce(
    run: Run, engine: RolloutEngine, prompter: Prompter, trainer: Trainer | LedTrainer
) -> None:
    config = run.config
    tasks = run.data.tasks("train", prompter)
    sampler = TaskSampler(tasks, config.grpo.sampling, config.seed)
    first_step = run.restore("grpo", trainer, sampler)
    kept = run.state_of("grpo").get("ahead")
    ahead = restore_batch(kept, tasks, prompter, config.reward) if kept else None
    held_out = run.data.tasks("validation", prompter)[: config.trace.probe_problems]
    probe = Probe(engine, prompter, held_out, config, run.tracer)
    if first_step == 0:
        probe.after(0)
    with Interrupt() as interrupt, Progress("GRPO", config.grpo.steps, first_step) as progress:
        after_step = run.after_step("grpo", trainer, sampler, interrupt, progress, probe.after)
        reinforce(engine, trainer, prompter, sampler, first_step, config, after_step, ahead)
    if not run.folder.model("final").exists():
        save_whole(run.folder.model("final"), trainer.policy.save)
