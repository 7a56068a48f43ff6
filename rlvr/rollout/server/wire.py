"""What goes over the wire for one completion: token ids in, token ids and their logprobs out.

The route is vLLM's ``/inference/v1/generate``; no text is made of the tokens on the way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rlvr.rollout.engine import Request, SamplingSettings

GENERATE = "/inference/v1/generate"
# JSON has no NaN and no infinity: the server writes this number for them.
NOT_FINITE = -9999.0
LABEL_AT_START = "default"  # what vLLM calls the weights that it loaded itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One completion as a server gave it, and the label of the weights that it was drawn with."""

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    finish_reason: str
    label: str


def body(
    request: Request,
    sampling: SamplingSettings,
    stop_token_ids: Sequence[int],
    stop_texts: Sequence[str],
) -> dict[str, Any]:
    """The JSON of one request, with the settings of the engine in this process."""
    return {
        "token_ids": list(request.prompt_ids),
        "sampling_params": {
            "temperature": sampling.temperature,
            "max_tokens": sampling.max_new_tokens,
            "seed": request.seed,
            "stop_token_ids": list(stop_token_ids),
            "stop": list(stop_texts),
            "include_stop_str_in_output": True,
            "skip_special_tokens": False,
            "logprobs": 0,  # of the drawn token, and no others
            "detokenize": bool(stop_texts),
        },
    }


def answer(reply: Any) -> Answer:
    """Read a server's JSON. Raises ValueError, saying what it lacks, for anything else."""
    try:
        (choice,) = reply["choices"]
        token_ids = tuple(int(token_id) for token_id in choice["token_ids"])
        drawn = choice["logprobs"]["content"]
        drawn_ids = [each["token_id"] for each in drawn]
        logprobs = [float(each["logprob"]) for each in drawn]
        labels = {str(span["version"]) for span in choice["weight_versions"]}
        finish_reason = str(choice["finish_reason"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"not an answer of {GENERATE} in vLLM 0.32 or later ({type(error).__name__}: {error})"
        ) from None
    if drawn_ids != list(token_ids):
        raise ValueError(f"logprobs of other tokens than the {len(token_ids)} that were drawn")
    if len(labels) != 1:
        raise ValueError(f"one completion under {len(labels)} weights: {sorted(labels)}")
    return Answer(
        token_ids=token_ids,
        logprobs=tuple(math.nan if value == NOT_FINITE else value for value in logprobs),
        finish_reason=finish_reason,
        label=labels.pop(),
    )
