"""An engine that writes what it is told to, for the real loop and a real learner."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Literal

import torch
from torch import Tensor

from rlvr.config import ModelConfig
from rlvr.learn.policy import Policy
from rlvr.prompt import Prompter
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.types import Completion, Task
from verifiers import Problem

SMALL = ModelConfig(width=32, layers=1, heads=2, kv_heads=1, mlp_width=32)
TASKS = [
    Task(id=f"t{n}", family="linear", text=f"Solve 2x = {n}", problem=Problem(equation=f"2x = {n}"))
    for n in range(2, 6)
]


def right_and_wrong(number: int, index: int) -> str:
    """To ``2x = number``, by turns."""
    return f"\\boxed{{{Fraction(number, 2) if index % 2 == 0 else 99}}}"


class ScriptedEngine:
    """Completes the ``index``-th request, whose prompt ends in ``number``, with
    ``write(number, index)``; its logprobs are the trainer's plus ``error``."""

    name = "scripted"

    def __init__(
        self,
        policy: Policy,
        prompter: Prompter,
        error: float = 0.0,
        write: Callable[[int, int], str] = right_and_wrong,
        finish_reason: Literal["stop", "length"] = "stop",
    ) -> None:
        self.policy_version = 0
        self.policy = policy
        self.prompter = prompter
        self.error = error
        self.write = write
        self.finish_reason: Literal["stop", "length"] = finish_reason
        self.seeds: list[int] = []
        self.received: dict[str, Tensor] = {}
        self.is_asleep = False
        self.num_sleeps = 0

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        assert not self.is_asleep
        completions = []
        for index, request in enumerate(requests):
            self.seeds.append(request.seed)
            number = int(self.prompter.text(request.prompt_ids).rpartition(" ")[2])
            tokenizer = self.prompter.tokenizer
            ids = [*tokenizer(self.write(number, index))["input_ids"], tokenizer.eos_token_id]
            completions.append(
                Completion(
                    token_ids=tuple(ids),
                    rollout_logprobs=self._logprobs(request.prompt_ids, ids),
                    finish_reason=self.finish_reason,
                    policy_version=self.policy_version,
                )
            )
        return completions

    def update_weights(
        self, named_tensors: Iterable[tuple[str, Tensor]], policy_version: int
    ) -> None:
        self.received = dict(named_tensors)
        self.is_asleep = False
        self.policy_version = policy_version

    def sleep(self) -> None:
        self.is_asleep = True
        self.num_sleeps += 1

    def close(self) -> None:
        pass

    def _logprobs(self, prompt: Sequence[int], ids: Sequence[int]) -> tuple[float, ...]:
        tokens = torch.tensor([[*prompt, *ids]])
        with torch.no_grad():
            logits = self.policy.model(input_ids=tokens).logits[0]
        table = logits.log_softmax(-1)[len(prompt) - 1 : -1]
        return tuple((table[range(len(ids)), ids] + self.error).tolist())


class ApartEngine(ScriptedEngine):
    """The same with weights of its own, as a real engine has them."""

    def __init__(self, policy: Policy, prompter: Prompter) -> None:
        super().__init__(copy.deepcopy(policy), prompter)

    @torch.no_grad()
    def update_weights(
        self, named_tensors: Iterable[tuple[str, Tensor]], policy_version: int
    ) -> None:
        super().update_weights(named_tensors, policy_version)
        for name, tensor in self.policy.named_tensors():
            tensor.copy_(self.received[name])
