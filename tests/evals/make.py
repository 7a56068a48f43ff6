"""Small records and an engine without a model, for the tests of evaluation."""

from __future__ import annotations

import random
from collections.abc import Sequence

from rlvr.evals.records import Answered, Judged
from rlvr.evals.settings import Settings
from rlvr.newborn import make_tokenizer
from rlvr.prompt import Prompter
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.types import Completion

RIGHT, WRONG, BLANK, UNDECIDED = "right", "wrong", "blank", "undecided"
_VERDICTS = {RIGHT: "correct", WRONG: "incorrect", BLANK: "incorrect", UNDECIDED: "undecided"}


def make_judged(kind: str = RIGHT, answer: str | None = None) -> Judged:
    return Judged(
        completion="\\boxed{...}",
        num_tokens=4,
        finish_reason="length" if kind == BLANK else "stop",
        verdict=_VERDICTS[kind],
        reason={BLANK: "no_answer", RIGHT: "equal"}.get(kind, "not_a_solution"),
        answer=answer,
    )


def make_answered(
    name: str = "p", greedy: str = RIGHT, samples: str = "", family: str = "", difficulty: str = ""
) -> Answered:
    """``samples``: ``r`` is right, ``-`` blank, ``?`` undecided, other letters wrong answers."""
    kinds = {"r": RIGHT, "-": BLANK, "?": UNDECIDED}
    letters = {letter: number for number, letter in enumerate(dict.fromkeys(samples))}
    return Answered(
        id=name,
        family=family,
        difficulty=difficulty,
        text=f"Solve {name}",
        expected="{2}",
        greedy=make_judged(greedy),
        samples=tuple(make_judged(kinds.get(each, WRONG)) for each in samples),
        votes=tuple(None if each in "-?" else letters[each] for each in samples),
    )


def make_settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "model": "m", "data": "d", "split": "test", "engine": "transformers", "dtype": "float32",
        "template": "bare", "chat_template": True, "stop": (), "samples": 4, "temperature": 1.0,
        "max_new_tokens": 8, "seed": 0,
        "model_digest": "1", "data_digest": "2",
    }  # fmt: skip
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


class Guesser:
    """An engine that boxes a number drawn from the request's seed alone; greedy ones box 1."""

    name = "guesser"
    policy_version = 0

    def __init__(self) -> None:
        self.prompter = Prompter(make_tokenizer(), "bare")
        self.sizes: list[int] = []

    def generate(self, requests: Sequence[Request], sampling: SamplingSettings) -> list[Completion]:
        self.sizes.append(len(requests))
        return [self._completion(request, sampling) for request in requests]

    def _completion(self, request: Request, sampling: SamplingSettings) -> Completion:
        guess = random.Random(request.seed).randint(1, 3) if sampling.temperature else 1
        ids = tuple(self.prompter.tokenizer(f"\\boxed{{{guess}}}")["input_ids"])
        return Completion(
            token_ids=ids,
            rollout_logprobs=(-0.1,) * len(ids),
            finish_reason="stop",
            policy_version=0,
        )

    def update_weights(self, named_tensors: object, policy_version: int) -> None:
        raise AssertionError("an evaluation trains nothing")

    def sleep(self) -> None: ...

    def close(self) -> None:
        self.sizes.append(-1)
