"""What every engine refuses: requests that do not fit, broken logprobs, incomplete weights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TYPE_CHECKING

from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.types import Completion

if TYPE_CHECKING:
    import torch


class NonFiniteLogprobsError(RuntimeError):
    """The engine drew from logits that hold NaN or infinity."""


def check_requests(
    requests: Sequence[Request], sampling: SamplingSettings, max_length: int
) -> None:
    """Raise ValueError, naming the request, unless each prompt leaves room for the completion."""
    if not (math.isfinite(sampling.temperature) and sampling.temperature >= 0):
        raise ValueError(f"temperature {sampling.temperature}: expected 0 (greedy) or a number > 0")
    if sampling.max_new_tokens < 1:
        raise ValueError(f"max_new_tokens {sampling.max_new_tokens}: expected at least 1")
    for index, request in enumerate(requests):
        num_prompt_tokens = len(request.prompt_ids)
        if num_prompt_tokens == 0:
            raise ValueError(f"request {index}: the prompt is empty; expected at least one token")
        if num_prompt_tokens + sampling.max_new_tokens > max_length:
            raise ValueError(
                f"request {index}: {num_prompt_tokens} prompt tokens and up to "
                f"{sampling.max_new_tokens} new ones are over max_length {max_length}; "
                "shorten the prompt, lower max_new_tokens or raise max_length"
            )
        if not 0 <= request.seed < 2**63:
            raise ValueError(f"request {index}: seed {request.seed}; expected 0 <= seed < 2**63")


def check_logprobs(completions: Sequence[Completion]) -> None:
    """Raise NonFiniteLogprobsError, with how many and the first, if any logprob is not finite."""
    # One NaN or infinity makes the sum so: a cheap test for the usual case, that all is well.
    bad = [
        index
        for index, completion in enumerate(completions)
        if not math.isfinite(sum(completion.rollout_logprobs))
    ]
    if bad:
        first = completions[bad[0]]
        token = next(i for i, x in enumerate(first.rollout_logprobs) if not math.isfinite(x))
        raise NonFiniteLogprobsError(
            f"{len(bad)} of {len(completions)} completions hold logprobs that are not finite "
            f"(first: request {bad[0]}, token {token}, {first.rollout_logprobs[token]}) under "
            f"policy version {first.policy_version}: its weights hold NaN or have overflowed"
        )


def checked_weights(
    named_tensors: Iterable[tuple[str, torch.Tensor]], accepted: Set[str], required: Set[str]
) -> Iterator[tuple[str, torch.Tensor]]:
    """Pass the weights through, detached; raise ValueError for a name that is unknown or missing.

    The tensors are not held back, so that a trainer can gather them one at a time.
    """
    missing = set(required)
    for name, tensor in named_tensors:
        if name not in accepted:
            raise ValueError(
                f"weight {name!r} is not one of the model's; expected names of the hub's layout, "
                f"such as {min(required)!r} (no prefix of a wrapper)"
            )
        missing.discard(name)
        yield name, tensor.detach()
    if missing:
        raise ValueError(
            f"{len(missing)} weights are missing from the update, {min(missing)!r} among them; "
            "expected all of the model's"
        )
