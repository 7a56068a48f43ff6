"""The splits of a run as tasks; of a data set by name, those that fit the model's length."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from rlvr.config import Config
from rlvr.data.sourced import sifting_lines
from rlvr.data.store import load_or_make, read_siftings, task_of
from rlvr.prompt import Prompter
from rlvr.rollouts import fitting
from rlvr.types import Task, TrainingSequence


class RunData:
    """Loads the splits, or makes them. ``siftings`` is what was left out of named data sets."""

    def __init__(self, config: Config, folder: Path, console: Console) -> None:
        """Raises ``ValueError`` where there is a supervised stage and nothing to imitate."""
        self._config = config
        self._console = console
        self._splits = load_or_make(config.data, config.seed, folder)
        self.siftings = read_siftings(folder)
        for line in sifting_lines(self.siftings):
            self._say(line)
        if config.sft.steps and "sft" not in self._splits:
            raise ValueError(
                f"sft.steps is {config.sft.steps}, and the data has no worked solutions: set"
                " sft.steps=0, or name their column, as data.source.columns=working=solution"
            )

    def lessons(self, prompter: Prompter) -> list[TrainingSequence]:
        """The worked solutions."""
        split = self._splits["sft"]
        examples = prompter.supervised(map(task_of, split), split["working"])
        if not self.siftings:
            return examples
        longest = self._config.model.max_length
        kept = [e for e in examples if len(e.prompt_ids) + len(e.completion_ids) <= longest]
        self._count("sft", "working_too_long", len(examples) - len(kept))
        if not kept:
            raise ValueError(
                f"none of the {len(examples)} worked solutions fits model.max_length={longest}"
            )
        return kept

    def tasks(self, split: str, prompter: Prompter) -> list[Task]:
        """The problems of a split. Our generators' fit by construction.

        Raises ``ValueError`` where a data set has problems and none of them fits.
        """
        tasks = [task_of(row) for row in self._splits.get(split, [])]
        if not self.siftings:
            return tasks
        model, rollout = self._config.model, self._config.rollout
        prompts = [prompter.prompt(task) for task in tasks]
        kept, left_out = fitting(prompts, rollout.max_new_tokens, model.max_length)
        self._count(split, "prompt_too_long", len(left_out))
        if tasks and not kept:
            raise ValueError(
                f"no problem of the split {split} fits model.max_length={model.max_length} beside"
                f" rollout.max_new_tokens={rollout.max_new_tokens}: raise the first or lower the"
                f" second; the first problem: {left_out[0].evidence}"
            )
        return [prompt.task for prompt in kept]

    def _count(self, split: str, reason: str, number: int) -> None:
        """Notes in the sifting of the set that the split comes from; a repeated note is one."""
        if not number:
            return
        key = f"{reason} ({split})"
        of_split = next(each for each in self.siftings if split in each["used"])
        if key not in of_split["left_out"]:
            of_split["left_out"][key] = number
            of_split["used"][split] -= number
            self._say(f"{number:,} of the split {split} left out: {reason}")

    def _say(self, text: str) -> None:
        self._console.print(f"data: {text}", markup=False, highlight=False, soft_wrap=True)
