"""One run of rlvr's loop: CONFIG OUTPUT [--layout NAME].

The loop is rlvr's own; what a whole run adds around it (evaluation, traces, checkpoints) is left
out, as it is on TRL's side.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from rlvr.config import Config
from rlvr.config_load import load_config
from rlvr.data.sampler import TaskSampler
from rlvr.data.store import load_or_make, task_of
from rlvr.learn.batch import PackedBatch, pack
from rlvr.learn.rows import choose_row_tokens
from rlvr.learn.trainer import Trainer
from rlvr.loop import StepResult, reinforce
from rlvr.model_files import load_policy, load_tokenizer
from rlvr.prompt import Prompter
from rlvr.quiet import hide_library_bars
from rlvr.rng import seed_all
from rlvr.rollout.factory import make_engine
from rlvr.types import TrainingSequence
from scripts.train_bench.variants import pad
from scripts.trl_comparison.record import Recorder, batch_metrics


class PaddedTrainer(Trainer):
    """Without packing: the same updates on one completion a row, all as long as the longest."""

    def _pack(self, sequences: Sequence[TrainingSequence]) -> list[PackedBatch]:
        return pad(sequences, self.config.micro_batch_tokens)


class UnsharedTrainer(Trainer):
    """Packed, but every completion with its own copy of what others have too."""

    def _pack(self, sequences: Sequence[TrainingSequence]) -> list[PackedBatch]:
        row_tokens = choose_row_tokens(sequences, self.policy.width, share_prefixes=False)
        return pack(sequences, row_tokens, self.config.micro_batch_tokens, share_prefixes=False)


LAYOUTS = {"shared": Trainer, "packed": UnsharedTrainer, "padded": PaddedTrainer}


def run(config: Config, output: Path, layout: str) -> None:
    if config.model.path is None or config.data.path is None:
        raise ValueError("model.path and data.path: both sides start from files; name them")
    hide_library_bars()
    seed_all(config.seed)
    splits = load_or_make(config.data, config.seed, config.data.path)
    tasks = [task_of(row) for row in splits["train"]]
    model = config.model.path
    engine = make_engine(str(model), config.rollout, config.model.max_length)
    policy = load_policy(model, config.model)
    trainer = LAYOUTS[layout](policy, config.grpo, config.rollout.temperature)
    prompter = Prompter(load_tokenizer(model), config.model.prompt_template)
    sampler = TaskSampler(tasks, config.grpo.sampling, config.seed)
    recorder = Recorder(output)

    def after_step(result: StepResult) -> None:
        rollouts = [rollout for group in result.groups for rollout in group]
        times = {f"seconds/{name}": each for name, each in result.timings.items() if name != "step"}
        recorder.step(
            **batch_metrics([r.completion for r in rollouts], [r.reward for r in rollouts]),
            learning_rate=result.metrics["learning_rate"],
            grad_norm=result.metrics["grad_norm"],
            **times,
        )

    try:
        recorder.start()
        reinforce(engine, trainer, prompter, sampler, 0, config, after_step)
        recorder.finish(engine=engine.name, torch=version("torch"))
    finally:
        engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--layout", choices=LAYOUTS, default="shared")
    given = parser.parse_args()
    run(load_config(path=given.config), given.output, given.layout)


if __name__ == "__main__":
    main()
