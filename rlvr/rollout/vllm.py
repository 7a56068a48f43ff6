"""vLLM in this process: the engine of choice, on a CPU or a GPU, for vLLM 0.26 to 0.33."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.importing import collector_at_rest
from rlvr.rollout.amx import request_amx
from rlvr.rollout.checks import check_logprobs, check_requests, checked_weights
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.hub import FLOAT32_HEAD, empty_model, stop_token_ids, weight_names
from rlvr.rollout.isolation import process_group_kept, process_state_kept
from rlvr.rollout.stops import StopStrings
from rlvr.torchrun import num_ranks
from rlvr.types import Completion

# Read when vLLM is imported. One process: start-up takes seconds, and weights are handed over as
# tensors. To see what vLLM says, set VLLM_LOGGING_LEVEL.
os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
logging.getLogger("vllm").setLevel(os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR"))

with process_state_kept(), collector_at_rest():
    from vllm import LLM, SamplingParams
    from vllm.inputs import TokensPrompt
    from vllm.platforms import current_platform
    from vllm.sampling_params import RequestOutputKind

    from rlvr.rollout.heads import repack_heads
    from rlvr.rollout.shared_memory import name_apart


def finds_a_device() -> bool:
    """Whether this build of vLLM has something here to run on."""
    return not current_platform.is_unspecified()


class VllmEngine:
    """vLLM with the weights of one policy, resident in this process.

    One at a time, and closed by hand: closing one, or collecting one that was dropped, tears down
    the process group that all of vLLM in this process shares. Under torchrun each rank makes one,
    all at the same time, with the ranks' process group there already; closing one leaves that.
    ``tensor_parallel`` neighbours among the ranks share one: what they ask of it must be the same,
    and each is given all of the answer.
    """

    name = "vllm"

    def __init__(
        self,
        model_path: str,
        settings: RolloutConfig,
        max_length: int,
        rank_timeout: timedelta | None = None,
    ) -> None:
        """Load ``model_path`` (hub id or folder) for up to ``max_length`` tokens a sequence.

        Engines of several ranks make groups together, and wait ``rank_timeout`` for each other;
        without one torch's half an hour.
        """
        self.policy_version = 0
        seconds = int(rank_timeout.total_seconds()) if rank_timeout else None
        self._max_length = max_length
        self._stop_token_ids = stop_token_ids(model_path)
        self._stops = StopStrings(model_path, settings.stop)
        self._weight_names = weight_names(empty_model(model_path))
        self._has_ranks = num_ranks() > 1
        self._on_cpu = bool(current_platform.is_cpu())
        self._is_asleep = False
        if self._on_cpu:
            request_amx()
        if self._on_cpu and settings.tensor_parallel > 1:
            name_apart()
        with process_state_kept(), self._compiler():
            self._llm = LLM(
                model_path,
                skip_tokenizer_init=not settings.stop,
                dtype=settings.dtype,
                max_model_len=max_length,
                max_num_seqs=settings.max_sequences,
                kv_cache_memory_bytes=int(settings.kv_cache_gb * 2**30),
                logprobs_mode="processed_logprobs",
                hf_overrides=FLOAT32_HEAD if settings.has_float32_head(not self._on_cpu) else None,
                # Compiled graphs: tens of seconds at every start on a CPU, worth it on a GPU.
                enforce_eager=self._on_cpu,
                # On a CPU a prompt cut in two would break its request's own generator.
                enable_chunked_prefill=not self._on_cpu,
                # A group shares its prompt, but a CPU's blocks are longer than most prompts.
                enable_prefix_caching=not self._on_cpu,
                use_tqdm_on_load=False,
                enable_sleep_mode=not self._on_cpu,
                # Read at the start alone, where the default wants 92 % of a GPU free, whatever is
                # needed. What is needed was compared with what is free before (`room.py`).
                gpu_memory_utilization=0.01,
                tensor_parallel_size=settings.tensor_parallel,
                # Among the ranks of torchrun it makes its own small groups beside theirs.
                distributed_executor_backend="external_launcher" if self._has_ranks else None,
                distributed_timeout_seconds=seconds,
                cpu_distributed_timeout_seconds=seconds,
            )
        # Whatever vLLM compiles or allocates at its first requests belongs to the start.
        warm_up = SamplingSettings(temperature=1.0, max_new_tokens=2)
        self.generate([Request(prompt_ids=(0,), seed=0)] * 2, warm_up)

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        """One completion a request, in their order; see `RolloutEngine`."""
        if self._is_asleep:
            raise RuntimeError("the engine is asleep: update_weights wakes it")
        check_requests(requests, sampling, self._max_length)
        if not requests:
            return []
        prompts = [TokensPrompt(prompt_token_ids=list(request.prompt_ids)) for request in requests]
        params = [self._params(request, sampling) for request in requests]
        # Rows without a seed of their own (greedy ones) draw from torch's global generator.
        with self._compiler(), torch.random.fork_rng(devices=[]):
            outputs = self._llm.generate(prompts, params, use_tqdm=False)
        if len(outputs) != len(requests):
            raise RuntimeError(
                f"vLLM returned {len(outputs)} outputs for {len(requests)} requests: an earlier "
                "call was interrupted and left some behind; make a new engine"
            )
        completions = [self._completion(output.outputs[0]) for output in outputs]
        check_logprobs(completions)
        return completions

    def update_weights(
        self, named_tensors: Iterable[tuple[str, torch.Tensor]], policy_version: int
    ) -> None:
        """Take over weights in place, in the hub's names and shapes, whatever their dtype.

        All of them: vLLM fuses and packs layers as they arrive. Raises ValueError for a name
        that is unknown or missing; the engine cannot be used after that.
        """
        weights = checked_weights(named_tensors, *self._weight_names)
        with process_state_kept(), self._compiler():
            if self._is_asleep:
                self._llm.wake_up(tags=["weights"])
            self._llm.collective_rpc("reload_weights", kwargs={"weights_iterator": weights})
            if self._on_cpu:
                self._llm.apply_model(repack_heads)
            if self._is_asleep:
                self._llm.wake_up(tags=["kv_cache"])
                self._is_asleep = False
            self._llm.reset_prefix_cache()
        self.policy_version = policy_version

    def sleep(self) -> None:
        """On a GPU, drop weights and cache until the next weights come; see `RolloutEngine`."""
        if not self._on_cpu:
            self._llm.sleep(level=2)
            self._is_asleep = True

    def close(self) -> None:
        """Free the engine's memory and vLLM's process group; the engine cannot be used again."""
        if (llm := self.__dict__.pop("_llm", None)) is not None:
            with process_group_kept() if self._has_ranks else nullcontext():
                llm.llm_engine.engine_core.shutdown()

    def _params(self, request: Request, sampling: SamplingSettings) -> SamplingParams:
        return SamplingParams(
            temperature=sampling.temperature,
            max_tokens=sampling.max_new_tokens,
            seed=request.seed,
            # vLLM alone would look in fewer files for what ends a completion.
            stop_token_ids=self._stop_token_ids,
            stop=list(self._stops.strings) or None,
            include_stop_str_in_output=True,
            skip_special_tokens=False,
            logprobs=0,  # of the drawn token, and no others
            flat_logprobs=True,
            detokenize=bool(self._stops.strings),
            output_kind=RequestOutputKind.FINAL_ONLY,
        )

    def _completion(self, output: Any) -> Completion:
        if output.finish_reason not in ("stop", "length"):
            raise RuntimeError(f"vLLM gave up on a request: finish reason {output.finish_reason!r}")
        # Versions differ in what they keep of the tokens after a stop.
        return self._stops.cut(
            Completion(
                token_ids=tuple(output.token_ids),
                rollout_logprobs=tuple(output.logprobs.logprobs),
                finish_reason=output.finish_reason,
                policy_version=self.policy_version,
            )
        )

    def _compiler(self) -> AbstractContextManager[Any]:
        # On a CPU vLLM would compile one small function of its sampler at the first logprob:
        # several seconds, and a C++ compiler, for nothing that can be measured afterwards.
        return torch.compiler.set_stance("force_eager") if self._on_cpu else nullcontext()
