"""One run of TRL's GRPOTrainer, in TRL's environment: CONFIG OUTPUT [JSON].

CONFIG is rlvr's; JSON holds arguments of GRPOConfig that win over those it maps to. The rewards
are rlvr's own function, in this process, so that both sides pay the same for them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import datasets
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from rlvr.config import Config
from rlvr.config_load import load_config
from rlvr.data.order import batch_indices
from rlvr.data.store import load_or_make, task_of
from rlvr.learn.optimizer import learning_rate
from rlvr.prompt import Prompter
from rlvr.resources import SLOT, prompt_template
from rlvr.reward import score
from rlvr.types import Completion, Task
from scripts.trl_comparison.record import Recorder, batch_metrics
from scripts.trl_comparison.settings import trl_arguments
from verifiers.adapters.rewards import text_of


class Rewards:
    """rlvr's reward as TRL asks for one; keeps what the last batch was like."""

    __name__ = "rlvr_reward"

    def __init__(self, tasks: list[Task], config: Config, stop: int) -> None:
        self._tasks, self._config, self._stop = tasks, config.reward, stop
        self.metrics: dict[str, float] = {}

    def __call__(self, completions: Any, completion_ids: Any, row: Any, **_: Any) -> list[Any]:
        start = perf_counter()
        made = [
            Completion(
                token_ids=tuple(ids),
                rollout_logprobs=(),
                finish_reason="stop" if ids[-1] == self._stop else "length",
                policy_version=0,
            )
            for ids in completion_ids
        ]
        rewards = [
            score(self._tasks[index], completion, text_of(words), self._config)
            for index, completion, words in zip(row, made, completions, strict=True)
        ]
        self.metrics = batch_metrics(made, rewards)
        self.metrics["seconds/verify"] = perf_counter() - start
        return [reward.total if reward.counted else None for reward in rewards]


class Timed(GRPOTrainer):
    """TRL's trainer with a clock around its generation."""

    rollout_seconds = 0.0

    def _generate_single_turn(self, *arguments: Any, **named: Any) -> Any:
        start = perf_counter()
        result = super()._generate_single_turn(*arguments, **named)
        self.rollout_seconds = perf_counter() - start
        return result


class Watch(TrainerCallback):
    """Writes a line a step, with the rate the optimizer really used."""

    def __init__(self, recorder: Recorder, rewards: Rewards) -> None:
        self._recorder, self._rewards = recorder, rewards
        self._seen: dict[str, float] = {}
        self.trainer: Timed

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self._recorder.start()

    def on_pre_optimizer_step(self, *_: Any, **named: Any) -> None:
        self._seen["learning_rate"] = named["optimizer"].param_groups[0]["lr"]

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if "grad_norm" not in logs:  # the summary of the whole run
            return
        self._seen["grad_norm"] = float(logs["grad_norm"])
        rollout = {"seconds/rollout": self.trainer.rollout_seconds}
        self._recorder.step(**self._rewards.metrics, **self._seen, **rollout)


def ordered_tasks(config: Config) -> list[Task]:
    """The problems of all steps, in the order in which rlvr draws them."""
    split = load_or_make(config.data, config.seed, config.data.path)["train"]
    size = config.grpo.problems
    rows = [
        row
        for step in range(config.grpo.steps)
        for row in batch_indices(len(split), size, step, config.seed)
    ]
    return [task_of(split[row]) for row in rows]


def make_dataset(tasks: list[Task], tokenizer: Any, config: Config) -> datasets.Dataset:
    """Prompts as TRL wants them. Raises ValueError where it would read other token ids."""
    prompter = Prompter(tokenizer, config.model.prompt_template)
    template = prompt_template(config.model.prompt_template)
    turns = [[{"role": "user", "content": template.replace(SLOT, task.text)}] for task in tasks]
    for task, turn in zip(tasks, turns, strict=True):
        theirs = tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_dict=True)
        if tuple(theirs["input_ids"]) != prompter.prompt(task).token_ids:
            raise ValueError(f"{task.id}: TRL would read another prompt than rlvr")
    return datasets.Dataset.from_dict({"prompt": turns, "row": range(len(tasks))})


def make_trainer(
    config: Config, folder: str, recorder: Recorder, given: dict[str, Any]
) -> tuple[Timed, Rewards, list[Task]]:
    """TRL's trainer with our model, problems, rewards and learning rate."""
    tokenizer = AutoTokenizer.from_pretrained(config.model.path, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(config.model.path, dtype=torch.float32)
    tasks = ordered_tasks(config)
    rewards = Rewards(tasks, config, tokenizer.eos_token_id)
    watch = Watch(recorder, rewards)
    trainer = Timed(
        model,
        reward_funcs=rewards,
        args=GRPOConfig(output_dir=folder, **(trl_arguments(config) | given)),
        train_dataset=make_dataset(tasks, tokenizer, config),
        processing_class=tokenizer,
        callbacks=[watch],
    )
    watch.trainer = trainer
    settings, steps = config.grpo.optimizer, config.grpo.steps
    trainer.create_optimizer()
    trainer.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
        trainer.optimizer, lambda step: learning_rate(settings, step, steps) / settings.lr
    )
    return trainer, rewards, tasks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("arguments", nargs="?", type=json.loads, default={})
    given = parser.parse_args()
    recorder = Recorder(given.output)
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(path=given.config)
        trainer, _, _ = make_trainer(config, folder, recorder, given.arguments)
        trainer.train()
    recorder.finish(engine="transformers", torch=version("torch"), trl=version("trl"))


if __name__ == "__main__":
    main()
