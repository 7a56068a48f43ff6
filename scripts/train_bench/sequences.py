"""Completions to train on: made up, or those of a run."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np

from rlvr.model_files import load_tokenizer
from rlvr.prompt import Prompter
from rlvr.types import Task, TrainingSequence
from verifiers import Problem

GROUP_SIZE = 8


def make_sequences(num_tokens: int, vocabulary: int, parting: float) -> list[TrainingSequence]:
    """Groups of 8 completions of one prompt, of at least ``num_tokens`` tokens together.

    Prompts of 8 to 18 tokens, completions of 43 on average and 128 at most. Each completion goes
    along with the one before it until it parts from it for good, at each token by chance
    ``parting``: with 1 a group has nothing but its prompt in common.
    """
    rng = np.random.default_rng(0)
    sequences: list[TrainingSequence] = []
    total = 0
    while total < num_tokens:
        prompt = tuple(rng.integers(vocabulary, size=int(rng.integers(8, 19))).tolist())
        before: tuple[int, ...] = ()
        for _ in range(GROUP_SIZE):
            length = int(np.clip(rng.normal(43, 15), 5, 128))
            kept = min(int(rng.geometric(parting)) - 1, len(before), length)
            before = before[:kept] + tuple(rng.integers(vocabulary, size=length - kept).tolist())
            sequences.append(
                TrainingSequence(
                    prompt_ids=prompt, completion_ids=before, advantage=float(rng.normal())
                )
            )
            total += len(prompt) + length
    return sequences


def read_sequences(run: Path, step: int) -> list[TrainingSequence]:
    """What a step of the reinforcement trained on: its completions with an advantage other than 0.

    ``step`` counts from 0, the first of the run's files of rollouts.
    """
    config = tomllib.loads((run / "config.toml").read_text("utf-8"))
    prompter = Prompter(load_tokenizer(run / "models" / "sft"), config["model"]["prompt_template"])
    path = sorted((run / "rollouts").glob("*.jsonl"))[step]
    sequences = []
    for record in map(json.loads, path.read_text("utf-8").splitlines()):
        if record["advantage"]:
            equation, unknown = (record["problem"][key] for key in ("equation", "unknown"))
            task = Task(
                id=record["task"],
                family=record["family"],
                text=record["text"],
                problem=Problem(equation=equation, unknown=unknown),
            )
            sequences.append(
                TrainingSequence(
                    prompt_ids=prompter.prompt(task).token_ids,
                    completion_ids=tuple(record["token_ids"]),
                    advantage=record["advantage"],
                )
            )
    return sequences
