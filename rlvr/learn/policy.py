"""The trained model: a transformers causal LM that gives logprobs of packed batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from torch import Tensor
from transformers import AutoModelForCausalLM, PreTrainedModel

from rlvr.learn.batch import PackedBatch, block_causal_mask, pack
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

    def __init__(self, model: PreTrainedModel, tokenizer_files: dict[str, bytes]) -> None:
        self.model = model
        self.model.train(False)
        self._tokenizer_files = tokenizer_files

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        dtype: torch.dtype = torch.float32,
        device: str | torch.device = "cpu",
    ) -> Policy:
        """Load from a folder in the hub's layout, or from the hub by id.

        Raises ValueError where weights are missing, and for an architecture whose logprobs on
        packed rows are not those of its own forward pass.
        """
        folder = Path(source)
        if not folder.is_dir():
            folder = Path(snapshot_download(str(source), allow_patterns=MODEL_FILES))
        model: PreTrainedModel
        report: dict[str, Any]
        model, report = AutoModelForCausalLM.from_pretrained(  # type: ignore[misc]
            folder, dtype=dtype, attn_implementation="sdpa", output_loading_info=True
        )
        # transformers fills such weights with random numbers and a warning.
        if broken := sorted(report["missing_keys"]) + sorted(map(str, report["mismatched_keys"])):
            raise ValueError(f"{source} lacks weights, or has them in other shapes: {broken}")
        # In memory, because a checkpoint may be deleted while a run resumed from it goes on.
        paths = {path for pattern in TOKENIZER_FILES for path in folder.glob(pattern)}
        files = {path.name: path.read_bytes() for path in sorted(paths)}
        policy = cls(model.to(device), files)  # type: ignore[arg-type]
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
        """The last hidden states that the trained tokens are predicted from: [N, D].

        Attention is a block mask under SDPA, right on every device; a variable-length kernel would
        replace the mask by the segment lengths in this method and change nothing else.
        """
        batch = batch.to(self.device)
        hidden: Tensor = self.model.base_model(
            input_ids=batch.input_ids,
            position_ids=batch.position_ids,
            attention_mask=block_causal_mask(batch.segment_ids),
            use_cache=False,
        ).last_hidden_state
        return hidden.flatten(0, 1).index_select(0, batch.target_positions)

    def logprobs_from(
        self,
        hidden: Tensor,
        batch: PackedBatch,
        temperature: float,
        entropy_gradient: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """``logprobs`` of hidden states [N, D] that are there already."""
        head, targets = self._head, batch.targets.to(self.device)
        return token_logprobs(
            hidden, head.weight, head.bias, targets, temperature, entropy_gradient=entropy_gradient
        )

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
        """Compare packed logprobs with the model's own logits, on two short sequences.

        An architecture may scale or cap its logits after the head, or carry a state across the
        border of two sequences; trained so, it would learn something wrong without an error.
        """
        vocabulary = self._head.weight.shape[0]
        ids = [i * 7919 % vocabulary for i in range(1, 13)]
        halves = [
            TrainingSequence(prompt_ids=tuple(part[:1]), completion_ids=tuple(part[1:]))
            for part in (ids[:7], ids[7:])
        ]
        batch = pack(halves, row_tokens=len(ids), micro_batch_tokens=len(ids))[0]
        packed, _ = self.logprobs(batch, temperature=1.0)
        expected = []
        for half in halves:
            tokens = torch.tensor([half.prompt_ids + half.completion_ids], device=self.device)
            logits = self.model(input_ids=tokens, use_cache=False).logits[0, :-1].float()
            expected.append(logits.log_softmax(-1).gather(-1, tokens[0, 1:, None])[:, 0])
        gap = float((packed - torch.cat(expected)).abs().max())
        limit = 1e-3 if self.model.dtype == torch.float32 else 0.25
        if not gap <= limit:
            raise ValueError(
                f"{type(self.model).__name__} cannot be trained on packed rows: its logprobs "
                f"there are off by up to {gap:.2g} nats; {limit:g} is accepted"
            )
