"""The trained model: a transformers causal LM that gives logprobs of packed batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from torch import Tensor
from transformers import AutoModelForCausalLM, PreTrainedModel
from transformers.modeling_layers import GradientCheckpointingLayer

from rlvr.learn.attention import block_mask, dense_mask
from rlvr.learn.batch import PackedBatch, pack, unpack
from rlvr.learn.devices import check_autocast, check_flex_attention
from rlvr.learn.logprobs import token_logprobs
from rlvr.types import TrainingSequence

MODEL_FILES = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"]
TOKENIZER_FILES = [
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "chat_template*",
    "*.model",
]


class Policy:
    """A model in the hub's layout, its logprobs, and its weights in the hub's names.

    Dropout is always off: with it, the trained distribution would not be the sampled one.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer_files: dict[str, bytes],
        *,
        gradient_checkpointing: bool = False,
        autocast: bool = False,
    ) -> None:
        """``gradient_checkpointing`` keeps only what enters each layer and computes the rest again
        in the backward (Chen et al. 2016). ``autocast`` runs the layers' matrices in bfloat16;
        weights, gradients, logits and loss stay in float32 (Micikevicius et al. 2018).
        """
        self.model = model
        self.model.train(False)
        self._tokenizer_files = tokenizer_files
        self._autocast = autocast
        if gradient_checkpointing:
            _checkpoint_layers(model)

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        dtype: torch.dtype = torch.float32,
        device: str | torch.device = "cpu",
        attention: str = "sdpa",
        gradient_checkpointing: bool = False,
        autocast: bool = False,
    ) -> Policy:
        """Load from a folder in the hub's layout, or from the hub by id.

        ``attention`` is "sdpa" or "flex_attention" (``attention.py``).
        Raises ValueError where weights are missing, for an architecture whose logprobs on packed
        rows are not those of its own forward pass, and for what the device cannot do.
        """
        if autocast:
            check_autocast(torch.device(device))
        if attention == "flex_attention":
            check_flex_attention(torch.device(device))
        folder = Path(source)
        if not folder.is_dir():
            folder = Path(snapshot_download(str(source), allow_patterns=MODEL_FILES))
        model: PreTrainedModel
        report: dict[str, Any]
        model, report = AutoModelForCausalLM.from_pretrained(  # type: ignore[misc]
            folder, dtype=dtype, attn_implementation=attention, output_loading_info=True
        )
        # transformers fills such weights with random numbers and a warning.
        if broken := sorted(report["missing_keys"]) + sorted(map(str, report["mismatched_keys"])):
            raise ValueError(f"{source} lacks weights, or has them in other shapes: {broken}")
        # In memory, because a checkpoint may be deleted while a run resumed from it goes on.
        paths = {path for pattern in TOKENIZER_FILES for path in folder.glob(pattern)}
        files = {path.name: path.read_bytes() for path in sorted(paths)}
        policy = cls(
            model.to(device),  # type: ignore[arg-type]
            files,
            gradient_checkpointing=gradient_checkpointing,
            autocast=autocast,
        )
        policy._check_packing()
        return policy

    @property
    def device(self) -> torch.device:
        return torch.device(self.model.device)

    @property
    def width(self) -> int:
        """The size of a hidden state."""
        return int(self._head.weight.shape[1])

    def logprobs(self, batch: PackedBatch, temperature: float) -> tuple[Tensor, Tensor]:
        """Logprobs of the trained tokens under softmax(logits / temperature), and the entropy.

        Shapes: [N], [N], float32, in nats; the entropy has no gradient.
        """
        return self.logprobs_from(self.hidden(batch), batch, temperature)

    def hidden(self, batch: PackedBatch) -> Tensor:
        """The last hidden states that the trained tokens are predicted from, each once: [K, D]."""
        batch = batch.to(self.device)
        is_flex = self.model.config._attn_implementation == "flex_attention"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._autocast):
            hidden: Tensor = self.model.base_model(
                input_ids=batch.input_ids,
                position_ids=batch.position_ids,
                attention_mask=block_mask(batch.ends) if is_flex else dense_mask(batch.ends),
                use_cache=False,
            ).last_hidden_state
        positions = batch.target_positions.index_select(0, batch.distinct)
        return hidden.flatten(0, 1).index_select(0, positions)

    def logprobs_from(
        self,
        hidden: Tensor,
        batch: PackedBatch,
        temperature: float,
        entropy_gradient: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """``logprobs`` of hidden states [K, D] that are there already."""
        head, batch = self._head, batch.to(self.device)
        targets = batch.targets.index_select(0, batch.distinct)
        logprobs, entropy = token_logprobs(
            hidden, head.weight, head.bias, targets, temperature, entropy_gradient=entropy_gradient
        )
        return logprobs.index_select(0, batch.copies), entropy.index_select(0, batch.copies)

    def named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Every weight once, by its hub name and without gradient; a tied head is left out."""
        for name, parameter in self.model.named_parameters():
            yield name, parameter.detach()

    def save(self, folder: Path) -> None:
        """Write weights, configuration and tokenizer in the hub's layout."""
        self._write(folder)

    def _write(self, folder: Path, tensors: dict[str, Tensor] | None = None) -> None:
        """``tensors`` are written in place of the model's own."""
        self.model.save_pretrained(folder, state_dict=tensors)
        for name, content in self._tokenizer_files.items():
            (folder / name).write_bytes(content)

    @property
    def _head(self) -> torch.nn.Linear:
        head = self.model.get_output_embeddings()
        assert isinstance(head, torch.nn.Linear)
        return head

    @torch.no_grad()
    def _check_packing(self) -> None:
        """Compare packed logprobs with the model's own logits, on a few short sequences.

        An architecture may scale or cap its logits after the head, carry a state across the
        border of two sequences, or from one branch of a tree into the next; trained so, it would
        learn something wrong without an error.
        """
        vocabulary = self._head.weight.shape[0]
        ids = tuple(i * 7919 % vocabulary for i in range(1, 17))
        # The first three share a prompt, the first two of them the next token too.
        completions = [ids[2:6], ids[2:3] + ids[6:9], ids[9:12], ids[12:]]
        prompts = [ids[:2], ids[:2], ids[:2], ids[:1]]
        sequences = [
            TrainingSequence(prompt_ids=prompt, completion_ids=completion)
            for prompt, completion in zip(prompts, completions, strict=True)
        ]
        batches = pack(sequences, row_tokens=len(ids), micro_batch_tokens=len(ids))
        packed = unpack(batches, [self.logprobs(batch, temperature=1.0)[0] for batch in batches])
        gap = 0.0
        for sequence, found in zip(sequences, packed, strict=True):
            tokens = torch.tensor(
                [sequence.prompt_ids + sequence.completion_ids], device=self.device
            )
            logits = self.model(input_ids=tokens, use_cache=False).logits[0, :-1].float()
            expected = logits.log_softmax(-1).gather(-1, tokens[0, 1:, None])[:, 0]
            difference = torch.from_numpy(found) - expected[-len(found) :].cpu()
            gap = max(gap, float(difference.abs().max()))
        is_exact = self.model.dtype == torch.float32 and not self._autocast
        limit = 1e-3 if is_exact else 0.25
        if not gap <= limit:
            raise ValueError(
                f"{type(self.model).__name__} cannot be trained on packed rows: its logprobs "
                f"there are off by up to {gap:.2g} nats; {limit:g} is accepted"
            )


def _checkpoint_layers(model: PreTrainedModel) -> None:
    """transformers' gradient checkpointing, which acts in layers that are marked as in training.

    Only the layers themselves are: what is inside them stays as it is, dropout off.
    """
    model.gradient_checkpointing_enable()
    for module in model.modules():
        if isinstance(module, GradientCheckpointingLayer):
            module.training = True
