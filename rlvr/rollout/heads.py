"""A trap of vLLM on a CPU: what must be done to a tied head after its weights were replaced."""

from __future__ import annotations

import torch
from vllm.model_executor.layers.vocab_parallel_embedding import ParallelLMHead


def repack_heads(model: torch.nn.Module) -> None:
    """Refresh the packed copy that a head keeps of a tied embedding.

    On a CPU vLLM multiplies by a packed copy of each weight. Reloading repacks a layer when its
    own weights arrive; for a tied head none do, and it would go on with the old ones.
    """
    for module in model.modules():
        if isinstance(module, ParallelLMHead):
            module.quant_method.process_weights_after_loading(module)
