"""Do engine and trainer agree? The check after a weight update that makes a stale engine loud."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


class ParityError(RuntimeError):
    """Engine and trainer put different probabilities on the same tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """|rollout_logprob - logprob| in nats, over ``num_tokens`` tokens.

    ``p99`` is the least value that 99 % of the tokens do not exceed; of under 100 tokens the
    maximum.
    """

    mean: float
    p99: float
    max: float
    num_tokens: int

    def check(self, mean_limit: float, p99_limit: float) -> None:
        """Raise ParityError unless mean and p99 are within their limits (nats); NaN never is.

        Old weights move many tokens. A single token says nothing: where its logits are large,
        rounding to bfloat16 alone was seen to move one by 0.65 nats.
        """
        if self.mean <= mean_limit and self.p99 <= p99_limit:
            return
        raise ParityError(
            f"engine and trainer disagree on {self.num_tokens} tokens: |Δlogprob| has mean "
            f"{self.mean:.3g} (limit {mean_limit:g}), 99th percentile {self.p99:.3g} (limit "
            f"{p99_limit:g}) and maximum {self.max:.3g} nats. "
            "Likely causes: the engine still holds old weights, or old weights of one layer "
            "(tied embeddings leave a stale head in some vLLM versions); "
            "trainer and engine use another temperature or other stop tokens; the engine's "
            "dtype is too coarse for these limits (bfloat16 against float32 differs by about "
            "0.003 on average)"
        )


def compare_logprobs(
    rollout_logprobs: Sequence[Sequence[float]], logprobs: Sequence[Sequence[float]]
) -> Parity:
    """Compare the engine's logprobs with the trainer's, token by token.

    Both hold one sequence a completion, one value a completion token. Raises ValueError where
    the shapes differ or there is no token at all.
    """
    if len(rollout_logprobs) != len(logprobs):
        raise ValueError(
            f"{len(rollout_logprobs)} completions from the engine, {len(logprobs)} from the trainer"
        )
    differences: list[float] = []
    for index, (ours, theirs) in enumerate(zip(rollout_logprobs, logprobs, strict=True)):
        if len(ours) != len(theirs):
            raise ValueError(
                f"completion {index}: {len(ours)} logprobs from the engine, "
                f"{len(theirs)} from the trainer; expected one a completion token on both sides"
            )
        differences += [abs(a - b) for a, b in zip(ours, theirs, strict=True)]
    if not differences:
        raise ValueError("no tokens to compare: expected at least one completion token")
    if any(math.isnan(difference) for difference in differences):
        return Parity(mean=math.nan, p99=math.nan, max=math.nan, num_tokens=len(differences))
    differences.sort()
    return Parity(
        mean=math.fsum(differences) / len(differences),
        p99=differences[math.ceil(0.99 * len(differences)) - 1],
        max=differences[-1],
        num_tokens=len(differences),
    )
