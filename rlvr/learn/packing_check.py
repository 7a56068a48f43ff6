"""Are the logprobs of packed rows those of the model's own forward pass? Asked at every load."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import PreTrainedModel

from rlvr.learn.batch import PackedBatch, pack, unpack
from rlvr.types import TrainingSequence


@torch.no_grad()
def check_packing(
    model: PreTrainedModel,
    logprobs: Callable[[PackedBatch], Tensor],
    logits: Callable[[Tensor], Tensor],
    *,
    limit: float,
) -> None:
    """Compare packed logprobs with the model's own logits [1, T] -> [1, T, V], on a few short
    sequences.

    An architecture may scale or cap its logits after the head, carry a state across the border
    of two sequences, or from one branch of a tree into the next; trained so, it would learn
    something wrong without an error. Raises ValueError for a gap over ``limit`` nats.
    """
    vocabulary = model.get_output_embeddings().weight.shape[0]
    ids = tuple(i * 7919 % vocabulary for i in range(1, 17))
    # The first three share a prompt, the first two of them the next token too.
    completions = [ids[2:6], ids[2:3] + ids[6:9], ids[9:12], ids[12:]]
    prompts = [ids[:2], ids[:2], ids[:2], ids[:1]]
    sequences = [
        TrainingSequence(prompt_ids=prompt, completion_ids=completion)
        for prompt, completion in zip(prompts, completions, strict=True)
    ]
    batches = pack(sequences, row_tokens=len(ids), micro_batch_tokens=len(ids))
    packed = unpack(batches, [logprobs(batch) for batch in batches])
    gap = 0.0
    for sequence, found in zip(sequences, packed, strict=True):
        tokens = torch.tensor([sequence.prompt_ids + sequence.completion_ids], device=model.device)
        expected = logits(tokens)[0, :-1].float().log_softmax(-1)
        expected = expected.gather(-1, tokens[0, 1:, None])[:, 0]
        difference = torch.from_numpy(found) - expected[-len(found) :].cpu()
        gap = max(gap, float(difference.abs().max()))
    if not gap <= limit:
        raise ValueError(
            f"{type(model).__name__} cannot be trained on packed rows: its logprobs there are off "
            f"by up to {gap:.2g} nats; {limit:g} is accepted"
        )
