"""Sampling with plain transformers: the same protocol where vLLM cannot be installed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import torch
from transformers import AutoModelForCausalLM

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.checks import check_logprobs, check_requests, checked_weights
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.hub import stop_token_ids, weight_names
from rlvr.rollout.stops import StopStrings
from rlvr.types import Completion


class TransformersEngine:
    """A transformers model and a sampling loop, on the GPU if there is one."""

    name = "transformers"

    def __init__(self, model_path: str, settings: RolloutConfig, max_length: int) -> None:
        """Load ``model_path`` (hub id or folder) for up to ``max_length`` tokens a sequence."""
        self.policy_version = 0
        self._max_length = max_length
        self._max_sequences = settings.max_sequences
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._stop = torch.tensor(stop_token_ids(model_path), device=self._device)
        self._stops = StopStrings(model_path, settings.stop)
        model: Any = AutoModelForCausalLM.from_pretrained(
            model_path, dtype=getattr(torch, settings.dtype)
        )
        if settings.has_float32_head(on_gpu=self._device.type == "cuda"):
            model.set_output_embeddings(Float32Head(model.get_output_embeddings()))
        self._model = model.to(self._device).eval()

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        """One completion a request, in their order; see `RolloutEngine`."""
        check_requests(requests, sampling, self._max_length)
        completions: list[Completion] = []
        for start in range(0, len(requests), self._max_sequences):
            completions += self._generate(requests[start : start + self._max_sequences], sampling)
        check_logprobs(completions)
        return completions

    def update_weights(
        self, named_tensors: Iterable[tuple[str, torch.Tensor]], policy_version: int
    ) -> None:
        """Take over weights in place, in the hub's names and shapes, whatever their dtype."""
        weights = self._model.state_dict()
        for name, tensor in checked_weights(named_tensors, *weight_names(self._model)):
            if tensor.shape != weights[name].shape:
                raise ValueError(
                    f"{name}: shape {tuple(tensor.shape)}, expected {tuple(weights[name].shape)}"
                )
            weights[name].copy_(tensor)
        self.policy_version = policy_version

    def sleep(self) -> None:
        """Nothing: between its calls it holds no more than its weights."""

    def close(self) -> None:
        """Free the model; the engine cannot be used again."""
        self.__dict__.pop("_model", None)

    @torch.inference_mode()
    def _generate(
        self, requests: Sequence[Request], sampling: SamplingSettings
    ) -> list[Completion]:
        """One batch: prefill with padding on the left, then a token a row until all have ended.

        Rows leave the batch as they end. ``rows`` maps those left to their requests.
        """
        num_requests, num_steps = len(requests), sampling.max_new_tokens
        uniforms = _uniforms(requests, num_steps).to(self._device)  # [B, T]
        tokens = torch.zeros(num_requests, num_steps, dtype=torch.long, device=self._device)
        logprobs = torch.zeros(num_requests, num_steps, device=self._device)
        num_tokens = torch.full((num_requests,), num_steps, device=self._device)
        stopped = torch.zeros(num_requests, dtype=torch.bool, device=self._device)

        rows = torch.arange(num_requests, device=self._device)
        input_ids, mask = (x.to(self._device) for x in _pad_left(requests))  # [B, S]
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        cache = None
        for step in range(num_steps):
            output = self._model(
                input_ids=input_ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            cache = output.past_key_values
            drawn, drawn_logprobs = draw(
                output.logits[:, -1], sampling.temperature, uniforms[rows, step]
            )
            tokens[rows, step], logprobs[rows, step] = drawn, drawn_logprobs

            ended = torch.isin(drawn, self._stop) | self._at_stop_string(tokens, rows, step)
            if ended.any():
                num_tokens[rows[ended]] = step + 1
                stopped[rows[ended]] = True
                left = (~ended).nonzero().squeeze(-1)
                if len(left) == 0:
                    break
                cache.batch_select_indices(left)
                rows, drawn, mask, positions = rows[left], drawn[left], mask[left], positions[left]
            input_ids = drawn.unsqueeze(-1)
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=-1)
            positions = positions[:, -1:] + 1

        return self._completions(tokens, logprobs, num_tokens, stopped)

    def _completions(
        self,
        tokens: torch.Tensor,
        logprobs: torch.Tensor,
        num_tokens: torch.Tensor,
        stopped: torch.Tensor,
    ) -> list[Completion]:
        """The first ``num_tokens`` [B] of ``tokens`` and ``logprobs`` [B, T]."""
        columns = (tokens.tolist(), logprobs.tolist(), num_tokens.tolist(), stopped.tolist())
        return [
            Completion(
                token_ids=tuple(row_tokens[:length]),
                rollout_logprobs=tuple(row_logprobs[:length]),
                finish_reason="stop" if row_stopped else "length",
                policy_version=self.policy_version,
            )
            for row_tokens, row_logprobs, length, row_stopped in zip(*columns, strict=True)
        ]

    def _at_stop_string(
        self, tokens: torch.Tensor, rows: torch.Tensor, step: int
    ) -> torch.Tensor | Literal[False]:
        """Which of ``rows`` [R] have just completed a stop string; ``tokens`` is [B, T]."""
        if not self._stops.strings:
            return False
        written = tokens[rows, : step + 1].tolist()
        found = [self._stops.is_reached(row) for row in written]
        return torch.tensor(found, device=self._device)


class Float32Head(torch.nn.Module):
    """Logits in float32 of a head in any dtype, which may be tied and stays the same weights."""

    def __init__(self, head: torch.nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = head.weight, head.bias

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        bias = None if self.bias is None else self.bias.float()
        return torch.nn.functional.linear(hidden.float(), self.weight.float(), bias)


def draw(
    logits: torch.Tensor, temperature: float, uniforms: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw a token a row by inverting the cumulative distribution; the argmax at temperature 0.

    logits [B, V]; uniforms [B] in [0, 1). Returns tokens [B] and their logprobs [B] under the
    distribution drawn from (at temperature 0: the model's own).
    """
    logprobs = (logits.float() / (temperature or 1.0)).log_softmax(-1)
    if temperature == 0:
        tokens = logits.argmax(-1)
    else:
        # Double precision: a sum of V single-precision terms would shift the rarest tokens.
        cumulative = logprobs.double().exp().cumsum(-1)
        thresholds = uniforms.unsqueeze(-1) * cumulative[:, -1:]
        tokens = torch.searchsorted(cumulative, thresholds, right=True).squeeze(-1)
        tokens = tokens.clamp(max=logits.shape[-1] - 1)
    return tokens, logprobs.gather(-1, tokens.unsqueeze(-1)).squeeze(-1)


def _uniforms(requests: Sequence[Request], num_steps: int) -> torch.Tensor:
    """One number in [0, 1) a token [B, T], from each request's seed: no row sees the others'."""
    return torch.stack(
        [
            torch.rand(
                num_steps,
                dtype=torch.float64,
                generator=torch.Generator().manual_seed(request.seed),
            )
            for request in requests
        ]
    )


def _pad_left(requests: Sequence[Request]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask, both [B, S], with the prompts at the right edge."""
    width = max(len(request.prompt_ids) for request in requests)
    input_ids = torch.zeros(len(requests), width, dtype=torch.long)
    mask = torch.zeros_like(input_ids)
    for row, request in enumerate(requests):
        start = width - len(request.prompt_ids)
        input_ids[row, start:] = torch.tensor(request.prompt_ids)
        mask[row, start:] = 1
    return input_ids, mask
