"""One run of rlvr's loop: CONFIG OUTPUT [--padded].

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
from rlvr.learn.batch import PackedBatch, fill_rows
from rlvr.learn.trainer import Trainer
from rlvr.loop import StepResult, reinforce
from rlvr.model_files import load_policy, load_tokenizer
from rlvr.prompt import Prompter
from rlvr.quiet import hide_library_bars
from rlvr.rng import seed_all
from rlvr.rollout.factory import make_engine
from rlvr.types import TrainingSequence
from scripts.trl_comparison.record import Recorder, batch_metrics


class PaddedTrainer(Trainer):
    """Without packing: the same updates on one completion a row, all as long as the longest."""

    def _pack(self, sequences: Sequence[TrainingSequence]) -> list[PackedBatch]:
        longest = max(len(s.prompt_ids) + len(s.completion_ids) for s in sequences)
        size = max(1, self.config.micro_batch_tokens // longest)
        rows = [[i] for i in range(len(sequences))]
        return [fill_rows(sequences, rows[k : k + size]) for k in range(0, len(rows), size)]


def run(config: Config, output: Path, padded: bool) -> None:
    if config.model.path is None or config.data.path is None:
        raise ValueError("model.path and data.path: both sides start from files; name them")
    hide_library_bars()
    seed_all(config.seed)
    splits = load_or_make(config.data, config.seed, config.data.path)
    tasks = [task_of(row) for row in splits["train"]]
    model = config.model.path
    engine = make_engine(str(model), config.rollout, config.model.max_length)
    kind = PaddedTrainer if padded else Trainer
    trainer = kind(load_policy(model), config.grpo, config.rollout.temperature)
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
    parser.add_argument("--padded", action="store_true")
    given = parser.parse_args()
    run(load_config(path=given.config), given.output, given.padded)


if __name__ == "__main__":
    main()
