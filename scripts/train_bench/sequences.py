"""Made-up completions of the lengths that the tiny preset's models write."""

from __future__ import annotations

import numpy as np

from rlvr.types import TrainingSequence

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
