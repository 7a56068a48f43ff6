"""Who writes the completions, and how."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from rlvr.config_base import Positive, PositiveFloat, Section, Texts
from rlvr.config_server import ServerConfig


class RolloutConfig(Section):
    """The engine that writes completions, and how far its logprobs may lie from the trainer's.

    ``topology``: the engine in the learner's process, or `vllm serve` apart from it.
    """

    topology: Literal["colocated", "server"] = "colocated"
    engine: Literal["auto", "vllm", "transformers"] = "auto"
    dtype: Literal["float32", "bfloat16"] = "float32"
    head_dtype: Literal["auto", "float32", "model"] = "auto"  # of logits; auto: float32 on a GPU
    temperature: PositiveFloat = 1.0
    max_new_tokens: Positive = 128
    stop: Texts = ()  # texts that end a completion, beside the model's own end tokens
    processes: Positive = 1  # engines side by side on a CPU's cores
    tensor_parallel: Positive = 1  # ranks of torchrun that share one colocated engine
    max_sequences: Positive = 256  # of all processes together, and so the cache
    kv_cache_gb: PositiveFloat = 0.5
    parity_completions: Positive = 8
    parity_mean_limit: PositiveFloat = 0.02  # nats
    parity_p99_limit: PositiveFloat = 0.5  # nats, of 99 % of the tokens
    server: ServerConfig = ServerConfig()

    def has_float32_head(self, on_gpu: bool) -> bool:
        """Whether logits are made in float32 whatever ``dtype`` is. On a CPU the head would be
        copied at each decode step for that; a GPU adds up in float32 anyway."""
        return self.head_dtype == "float32" or (self.head_dtype == "auto" and on_gpu)

    @model_validator(mode="after")
    def _server_is_vllm(self) -> Self:
        if self.topology == "server" and self.engine == "transformers":
            raise ValueError(
                'topology "server" is vLLM\'s: with it engine accepts "auto" or "vllm"; '
                'got "transformers"'
            )
        return self

    @model_validator(mode="after")
    def _shared_engine_is_vllm_among_ranks(self) -> Self:
        if self.tensor_parallel == 1:
            return self
        if self.engine == "transformers":
            raise ValueError(
                f"tensor_parallel is {self.tensor_parallel}, and transformers' engine cannot be "
                'shared: engine accepts "auto" or "vllm" with it'
            )
        if self.topology == "server":
            raise ValueError(
                f"tensor_parallel is {self.tensor_parallel}, which is for colocated engines: "
                'a server has the GPUs of its entry in server.devices, as ["0,1"]'
            )
        return self
