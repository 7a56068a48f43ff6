"""The main job: data, a model from nothing, a supervised novice, reinforcement, before and after.

Every stage leaves its result in the run folder and is skipped when that is there, so that a run
that was stopped anywhere goes on from its last checkpoint to the same end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from rich.console import Console

from rlvr.batch_state import batch_state, restore_batch
from rlvr.checkpoint import checkpoint_name, latest_checkpoint, load_state, save_checkpoint
from rlvr.closing import make_pages, show_answer
from rlvr.config import Config
from rlvr.config_lora import LoraConfig
from rlvr.data.sampler import TaskSampler
from rlvr.evaluate import EvalMetrics, evaluate, flat_metrics, in_short
from rlvr.folder import RunFolder, write_json
from rlvr.interrupt import Interrupt
from rlvr.learn.sft import SftTrainer
from rlvr.learn.trainer import Trainer
from rlvr.led.calls import Lead
from rlvr.led.job import leading
from rlvr.led.learners import LedTrainer
from rlvr.led.parts import (
    AnyLearner,
    engine_of,
    learner_state,
    restore_learner,
    save_learner,
    sft_learner_of,
    trainer_of,
)
from rlvr.led.place import Beginning
from rlvr.loop import AfterStep, StepResult, reinforce, supervise
from rlvr.model_files import load_tokenizer, memory_left_mb, save_whole
from rlvr.newborn import make_tokenizer, save_newborn
from rlvr.probe import Probe
from rlvr.progress import Progress
from rlvr.prompt import Prompter
from rlvr.rng import rng_state, seed_all, set_rng_state
from rlvr.rollout.engine import RolloutEngine
from rlvr.rollouts import roll_out
from rlvr.room import check_room
from rlvr.run_data import RunData
from rlvr.schedule import is_due
from rlvr.seeding import derive_seed
from rlvr.summary import Tally, summarise_run
from rlvr.torchrun import num_ranks
from rlvr.trace.jsonl import append_rows, rollout_row
from rlvr.trace.tracer import TIME, Tracer
from rlvr.trace.wandb import WandbSink, wandb_mode
from rlvr.types import Rollout, Task
from verifiers import Problem

Stage = Literal["sft", "grpo"]

SEED_PROBLEM = Task(
    id="seed-problem",
    family="rational",
    text="Solve 3 - (3 + y)/y = y",
    problem=Problem(equation="3 - (3 + y)/y = y", unknown="y"),
)


class RunInterruptedError(Exception):
    """Ctrl-C, after the step in progress was finished and saved."""


class Run:
    """One run in its folder; ``resumed`` goes on from the latest checkpoint, if there is one.

    With a ``lead`` all ranks of torchrun train and generate; the rest is done here, on rank 0.
    """

    def __init__(
        self,
        config: Config,
        folder: RunFolder,
        resumed: bool,
        console: Console,
        lead: Lead | None = None,
    ) -> None:
        self.config = config
        self.folder = folder
        self.console = console
        self._lead = lead
        if config.threads:
            torch.set_num_threads(config.threads)
        latest = latest_checkpoint(folder.checkpoints) if resumed else None
        self._checkpoint = latest
        self._state: dict[str, Any] = load_state(latest) if latest else {}
        self.tally = Tally(**self._state.get("tally", {}))
        is_shown = wandb_mode(config.trace.wandb, os.environ) != "disabled"
        sink = WandbSink(config, folder.path, resume=resumed) if is_shown else None
        self.tracer = Tracer(folder.path, sink)
        self.tracer.restore(self._state.get("tracer", {}))
        with self.tally.clock("data"):
            self.data = RunData(config, config.data.path or folder.data, console)
        seed_all(config.seed)

    def close(self, exit_code: int) -> None:
        self.tracer.close(exit_code)

    # The stages

    def supervised_model(self) -> Path:
        """The folder of the model to reinforce: the user's own, or a newborn after its lessons."""
        if self.config.model.path:
            start: str | Path = self.config.model.path
        else:
            start = self.folder.model("newborn")
            if not start.exists():
                families = self.config.data.families
                save_whole(
                    start,
                    lambda path: save_newborn(self.config.model, self.config.seed, path, families),
                )
        if not self.config.sft.steps:
            return Path(start)
        if not self.folder.model("sft").exists():
            with self.tally.clock("sft"):
                self._supervise(start)
        return self.folder.model("sft")

    def _supervise(self, start: str | Path) -> None:
        state = self._state if self._stage() == "sft" else {}
        learner = sft_learner_of(self._lead, self._beginning(start, "sft"), self.config)
        lessons = self.data.lessons(self._prompter(start))
        trainer = SftTrainer(learner, lessons, derive_seed(self.config.seed, "sft"))
        first_step = self._restore(learner, trainer, state)
        with (
            Interrupt() as interrupt,
            Progress("supervised", self.config.sft.steps, first_step) as p,
        ):
            after_step = self._after_step("sft", learner, trainer, interrupt, p)
            supervise(trainer, first_step, self.config, after_step)
        save_whole(self.folder.model("sft"), learner.policy.save)

    def reinforced_model(self, start: Path) -> tuple[EvalMetrics, EvalMetrics, Rollout, str]:
        """GRPO between two evaluations; last, the seed problem's rollout and the engine's name."""
        state = self._state if self._stage() == "grpo" else {}
        is_adapted = self.config.model.lora.rank > 0
        # A checkpoint of adapters is no model: the engine takes them over as after a step.
        source = self._checkpoint if state and self._checkpoint and not is_adapted else start
        prompter = self._prompter(start)
        engine = engine_of(self._lead, source, self.config)
        self.console.print(f"engine: {engine.name}")
        try:
            before = self._evaluation("before", engine, prompter, is_logged=bool(state))
            with self.tally.clock("grpo"):
                trainer = trainer_of(self._lead, self._beginning(start, "grpo"), self.config)
                if state and is_adapted:
                    weights = trainer.policy.named_tensors()
                    engine.update_weights(weights, policy_version=state["step"])
                self._reinforce(engine, prompter, trainer, state)
                del trainer  # its memory is the evaluation's
            after = self._evaluation("after", engine, prompter)
            return before, after, self._seed_problem(engine, prompter), engine.name
        finally:
            engine.close()

    def _reinforce(
        self,
        engine: RolloutEngine,
        prompter: Prompter,
        trainer: Trainer | LedTrainer,
        state: dict[str, Any],
    ) -> None:
        tasks = self.data.tasks("train", prompter)
        sampler = TaskSampler(tasks, self.config.grpo.sampling, self.config.seed)
        first_step = self._restore(trainer, sampler, state)
        kept = state.get("ahead")
        ahead = restore_batch(kept, tasks, prompter, self.config.reward) if kept else None
        size = self.config.trace.probe_problems
        held_out = self.data.tasks("validation", prompter)[:size]
        probe = Probe(engine, prompter, held_out, self.config, self.tracer)
        if first_step == 0:
            probe.after(0)
        with Interrupt() as interrupt, Progress("GRPO", self.config.grpo.steps, first_step) as p:
            after_step = self._after_step("grpo", trainer, sampler, interrupt, p, probe.after)
            reinforce(
                engine, trainer, prompter, sampler, first_step, self.config, after_step, ahead
            )
        if not self.folder.model("final").exists():
            save_whole(self.folder.model("final"), trainer.policy.save)

    def _evaluation(
        self, moment: str, engine: RolloutEngine, prompter: Prompter, is_logged: bool = False
    ) -> EvalMetrics:
        path = self.folder.evaluation(moment)
        if not path.exists():
            with self.tally.clock("eval"):
                test = self.data.tasks("test", prompter)
                shifted = self.data.tasks("shifted", prompter)
                metrics, rollouts = evaluate(engine, prompter, test, shifted, self.config)
            rows = path.with_suffix(".jsonl")
            rows.unlink(missing_ok=True)  # of an evaluation that was cut short
            append_rows(
                rows, [rollout_row(self._global_step(moment), r, None, 0) for r in rollouts]
            )
            write_json(path, metrics)
        found: EvalMetrics = json.loads(path.read_text())
        if not is_logged:
            self.tracer.log_metrics(self._global_step(moment), flat_metrics(found))
        self.console.print(f"{moment}: {in_short(found)}", markup=False, highlight=False)
        return found

    def _global_step(self, moment: str) -> int:
        """Steps count on from stage to stage."""
        return self.config.sft.steps + (self.config.grpo.steps if moment == "after" else 0)

    def _seed_problem(self, engine: RolloutEngine, prompter: Prompter) -> Rollout:
        seed = (self.config.seed, "seed-problem")
        return roll_out(engine, prompter, [SEED_PROBLEM], self.config, seed)[0][0]

    # What the stages share

    def _beginning(self, start: str | Path, stage: Stage) -> Beginning:
        """The policy that a stage begins with, or that of its latest checkpoint."""
        model = self.config.model
        if stage == "sft" and not model.path:  # random weights are not worth freezing
            model = model.model_copy(update={"lora": LoraConfig()})
        checkpoint = self._checkpoint if self._stage() == stage else None
        seed = derive_seed(self.config.seed, "lora", stage)
        return Beginning(start=start, model=model, seed=seed, checkpoint=checkpoint)

    def _after_step(
        self,
        stage: Stage,
        learner: AnyLearner,
        source: SftTrainer | TaskSampler,
        interrupt: Interrupt,
        progress: Progress,
        probe: Callable[[int], None] = lambda step: None,
    ) -> AfterStep:
        """Logs and probes a step; saves when it is due, at the end, and before Ctrl-C stops."""
        last = self.config.sft.steps if stage == "sft" else self.config.grpo.steps

        def after_step(result: StepResult) -> None:
            self.tally.add(result)
            self._log(stage, result)
            probe(result.step)
            shown = "loss" if stage == "sft" else "reward"
            progress.advance(note=f"{shown} {result.metrics[shown]:.3f}")
            if is_due(result.step, self.config.checkpoint.every, last) or interrupt.requested:
                save_checkpoint(
                    self.folder.checkpoints,
                    checkpoint_name(stage, result.step),
                    {
                        "stage": stage,
                        "step": result.step,
                        "trainer": learner_state(learner),
                        "sampler": source.state_dict(),
                        "ahead": batch_state(result.ahead) if result.ahead else None,
                        "tracer": self.tracer.state(),
                        "tally": self.tally.state(),
                        "rng": rng_state(),
                    },
                    partial(save_learner, learner),
                    keep=self.config.checkpoint.keep,
                )
            if interrupt.requested and result.step < last:
                raise RunInterruptedError(f"stopped after {stage} step {result.step}, and saved")

        return after_step

    def _log(self, stage: Stage, result: StepResult) -> None:
        prefix, done = ("sft/", 0) if stage == "sft" else ("", self.config.sft.steps)
        metrics = {f"{prefix}{name}": value for name, value in result.metrics.items()}
        metrics |= {f"{TIME}{prefix}{name}": value for name, value in result.timings.items()}
        self.tracer.log_metrics(done + result.step, metrics)
        if result.advantages is not None:
            self.tracer.log_rollouts(done + result.step, result.groups, result.advantages.tolist())
            if is_due(result.step, self.config.trace.table_every, self.config.grpo.steps):
                self.tracer.log_table(done + result.step)

    def _restore(
        self,
        learner: AnyLearner,
        source: SftTrainer | TaskSampler,
        state: dict[str, Any],
    ) -> int:
        """The step to begin with. ``source`` is where a step's problems or examples come from."""
        if not state:
            return 0
        assert self._checkpoint
        restore_learner(learner, state["trainer"], self._checkpoint)
        source.load_state_dict(state["sampler"])
        set_rng_state(state["rng"])
        step: int = state["step"]
        return step

    def _stage(self) -> str | None:
        return self._state.get("stage")

    def _prompter(self, model: str | Path) -> Prompter:
        settings = self.config.model
        return Prompter(load_tokenizer(model), settings.prompt_template, settings.chat_template)


def run_job(
    config: Config, folder: RunFolder, resumed: bool, console: Console, only_sft: bool = False
) -> None:
    """All stages, and the summary that is written last; or the first two stages.

    Raises ``ValueError`` before anything else where the memory there is will not do.
    """
    check_room(config, len(make_tokenizer(config.data.families)), *memory_left_mb(), num_ranks())
    with leading(config) as lead:
        run = Run(config, folder, resumed, console, lead)
        exit_code = 1
        try:
            start = run.supervised_model()
            if only_sft:
                console.print(f"supervised model: {start}")
            else:
                _finish(run, *run.reinforced_model(start))
            exit_code = 0
        finally:
            run.close(exit_code)


def _finish(
    run: Run, before: EvalMetrics, after: EvalMetrics, seed_rollout: Rollout, engine: str
) -> None:
    summary = summarise_run(run.config, engine, before, after, run.tally, run.data.siftings)
    write_json(run.folder.summary, summary)
    show_answer(seed_rollout, run.console)
    run.console.print(f"summary: {run.folder.summary}", markup=False, soft_wrap=True)
    make_pages(run.folder.path, run.config.trace, run.console)
