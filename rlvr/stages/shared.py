"""What the stages of a run share: its folder, data, traces, and the checkpoint to go on from."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch
from rich.console import Console

from rlvr.batch_state import batch_state
from rlvr.checkpoint import checkpoint_name, latest_checkpoint, load_state, save_checkpoint
from rlvr.config import Config
from rlvr.config_lora import LoraConfig
from rlvr.data.sampler import TaskSampler
from rlvr.folder import RunFolder
from rlvr.interrupt import Interrupt
from rlvr.learn.sft import SftTrainer
from rlvr.led.calls import Lead
from rlvr.led.parts import AnyLearner, learner_state, restore_learner, save_learner
from rlvr.led.place import Beginning
from rlvr.loop import AfterStep, StepResult
from rlvr.model_files import load_tokenizer
from rlvr.progress import Progress
from rlvr.prompt import Prompter
from rlvr.rng import rng_state, seed_all, set_rng_state
from rlvr.schedule import is_due
from rlvr.seeding import derive_seed
from rlvr.stages.data import RunData
from rlvr.stages.summary import Tally
from rlvr.trace.tracer import TIME, Tracer
from rlvr.trace.wandb import WandbSink, wandb_mode

Stage = Literal["sft", "grpo"]


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
        self.lead = lead
        if config.threads:
            torch.set_num_threads(config.threads)
        self.checkpoint = latest_checkpoint(folder.checkpoints) if resumed else None
        self._state: dict[str, Any] = load_state(self.checkpoint) if self.checkpoint else {}
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

    def global_step(self, stage: Stage, step: int) -> int:
        """Steps count on from stage to stage."""
        return step if stage == "sft" else self.config.sft.steps + step

    def state_of(self, stage: Stage) -> dict[str, Any]:
        """The checkpoint's, where it is of this stage; else empty."""
        return self._state if self._state.get("stage") == stage else {}

    def prompter(self, model: str | Path) -> Prompter:
        settings = self.config.model
        return Prompter(load_tokenizer(model), settings.prompt_template, settings.chat_template)

    def beginning(self, start: str | Path, stage: Stage) -> Beginning:
        """The policy that a stage begins with, or that of its latest checkpoint."""
        model = self.config.model
        if stage == "sft" and not model.path:  # random weights are not worth freezing
            model = model.model_copy(update={"lora": LoraConfig()})
        checkpoint = self.checkpoint if self.state_of(stage) else None
        seed = derive_seed(self.config.seed, "lora", stage)
        return Beginning(start=start, model=model, seed=seed, checkpoint=checkpoint)

    def restore(self, stage: Stage, learner: AnyLearner, source: SftTrainer | TaskSampler) -> int:
        """The step to begin with. ``source`` is where a step's problems or examples come from."""
        state = self.state_of(stage)
        if not state:
            return 0
        assert self.checkpoint
        restore_learner(learner, state["trainer"], self.checkpoint)
        source.load_state_dict(state["sampler"])
        set_rng_state(state["rng"])
        step: int = state["step"]
        return step

    def after_step(
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
                self._save(stage, result, learner, source)
            if interrupt.requested and result.step < last:
                raise RunInterruptedError(f"stopped after {stage} step {result.step}, and saved")

        return after_step

    def _save(
        self,
        stage: Stage,
        result: StepResult,
        learner: AnyLearner,
        source: SftTrainer | TaskSampler,
    ) -> None:
        state = {
            "stage": stage,
            "step": result.step,
            "trainer": learner_state(learner),
            "sampler": source.state_dict(),
            "ahead": batch_state(result.ahead) if result.ahead else None,
            "tracer": self.tracer.state(),
            "tally": self.tally.state(),
            "rng": rng_state(),
        }
        save_checkpoint(
            self.folder.checkpoints,
            checkpoint_name(stage, result.step),
            state,
            partial(save_learner, learner),
            keep=self.config.checkpoint.keep,
        )

    def _log(self, stage: Stage, result: StepResult) -> None:
        prefix = "sft/" if stage == "sft" else ""
        step = self.global_step(stage, result.step)
        metrics = {f"{prefix}{name}": value for name, value in result.metrics.items()}
        metrics |= {f"{TIME}{prefix}{name}": value for name, value in result.timings.items()}
        self.tracer.log_metrics(step, metrics)
        if result.advantages is not None:
            self.tracer.log_rollouts(step, result.groups, result.advantages.tolist())
            if is_due(result.step, self.config.trace.table_every, self.config.grpo.steps):
                self.tracer.log_table(step)
