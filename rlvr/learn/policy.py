"""The trained model: a transformers causal LM that gives logprobs of packed batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedModel
from transformers.modeling_layers import GradientCheckpointingLayer

from rlvr.learn.attention import block_mask, dense_mask
from rlvr.learn.batch import PackedBatch
from rlvr.learn.devices import check_options, set_float32_products
from rlvr.learn.logprobs import token_logprobs
from rlvr.learn.lora import adapter_parameters, hub_weights, save_adapters
from rlvr.learn.packing_check import check_packing
from rlvr.learn.pretrained import with_weights, without_weights

ADAPTER_FOLDER = "adapter"


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
        Raises ValueError where weights are missing, for what the device cannot do, and as
        ``check_packing`` does.
        """
        check_options(torch.device(device), attention, autocast)
        policy = cls.read(
            source,
            dtype=dtype,
            device=device,
            attention=attention,
            gradient_checkpointing=gradient_checkpointing,
            autocast=autocast,
        )
        policy.check_packing()
        return policy

    @classmethod
    def read(
        cls,
        source: str | Path,
        *,
        dtype: torch.dtype,
        device: str | torch.device,
        attention: str,
        gradient_checkpointing: bool,
        autocast: bool,
    ) -> Policy:
        """``load`` without its checks. On the device "meta" it has the structure alone, and only
        the model's configuration is read."""
        set_float32_products(is_head_alone=autocast or dtype != torch.float32)
        if torch.device(device).type == "meta":
            model = without_weights(source, dtype, attention)
            files: dict[str, bytes] = {}
        else:
            model, files = with_weights(source, dtype, attention)
            model.to(device)  # type: ignore[arg-type]
        return cls(model, files, gradient_checkpointing=gradient_checkpointing, autocast=autocast)

    def check_packing(self) -> None:
        """Raises ValueError for an architecture whose logprobs on packed rows are not those of its
        own forward pass."""
        is_exact = self.model.dtype == torch.float32 and not self._autocast
        check_packing(
            self.model,
            lambda batch: self.logprobs(batch, 1.0)[0],
            self._logits,
            limit=1e-3 if is_exact else 0.25,
        )

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
        """Every weight once, by its hub name and without gradient; a tied head is left out.

        Adapters are merged into the weights that they change, one at a time.
        """
        yield from hub_weights(self.model, self._whole)

    def trained(self) -> dict[str, Tensor]:
        """What training changes, by its names in the model: adapters, or without any all weights.

        Those of a sharded policy stay in parts.
        """
        trained = adapter_parameters(self.model) or dict(self.model.named_parameters())
        return {name: parameter.detach() for name, parameter in trained.items()}

    def save(self, folder: Path) -> None:
        """Write weights, configuration and tokenizer in the hub's layout.

        Adapters are merged, in the dtype of the rest and in the machine's memory, and are written
        by themselves too, in ``adapter``.
        """
        adapters = self._adapters()
        self._write(folder, self._hub_tensors() if adapters else None, adapters)

    def save_trained(self, folder: Path) -> None:
        """For a checkpoint: the adapters alone where the rest is frozen, or else as ``save``."""
        if adapters := self._adapters():
            save_adapters(self.model, adapters, folder / ADAPTER_FOLDER)
        else:
            self.save(folder)

    def _logits(self, input_ids: Tensor) -> Tensor:
        """The model's own: [1, T] -> [1, T, V]."""
        logits: Tensor = self.model(input_ids=input_ids, use_cache=False).logits
        return logits

    def _whole(self, name: str, tensor: Tensor) -> Tensor:
        """Of a parameter, or of its part here: all of it."""
        return tensor

    def _hub_tensors(self) -> dict[str, Tensor]:
        """``named_tensors`` in the machine's memory and the model's dtype."""
        return {name: tensor.cpu().to(self.model.dtype) for name, tensor in self.named_tensors()}

    def _adapters(self) -> dict[str, Tensor]:
        """Those there are, by their names in the model."""
        named = adapter_parameters(self.model).items()
        return {name: self._whole(name, parameter.detach()) for name, parameter in named}

    def _write(
        self, folder: Path, tensors: dict[str, Tensor] | None, adapters: dict[str, Tensor]
    ) -> None:
        """``tensors`` are written in place of the model's own."""
        self.model.save_pretrained(folder, state_dict=tensors)
        for name, content in self._tokenizer_files.items():
            (folder / name).write_bytes(content)
        if adapters:
            save_adapters(self.model, adapters, folder / ADAPTER_FOLDER)

    @property
    def _head(self) -> torch.nn.Linear:
        head = self.model.get_output_embeddings()
        assert isinstance(head, torch.nn.Linear)
        return head


def _checkpoint_layers(model: PreTrainedModel) -> None:
    """transformers' gradient checkpointing, which acts in layers that are marked as in training.

    Only the layers themselves are: what is inside them stays as it is, dropout off.
    """
    model.gradient_checkpointing_enable()
    for module in model.modules():
        if isinstance(module, GradientCheckpointingLayer):
            module.training = True
