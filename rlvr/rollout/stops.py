"""Texts that end a completion, for models that do not end it themselves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from transformers import AutoTokenizer

from rlvr.types import Completion

BYTES_A_CHARACTER = 4  # at most, in UTF-8; a token may be a single byte


class StopStrings:
    """A completion ends with the token that completes one of ``strings``, which stays in it.

    So the tokens are those that were drawn, each with its logprob, and all of them can be trained.
    """

    def __init__(self, model_path: str, strings: Sequence[str]) -> None:
        self.strings = tuple(strings)
        self._tokenizer = AutoTokenizer.from_pretrained(model_path) if strings else None
        self._window = BYTES_A_CHARACTER * max(map(len, strings), default=0)

    def is_reached(self, token_ids: Sequence[int]) -> bool:
        """Whether the last token completes one; asked after each token, so only the end is read."""
        return bool(self.strings) and self._holds_one(token_ids[-self._window :])

    def cut(self, completion: Completion) -> Completion:
        """Without what an engine drew after the first stop, if anything."""
        ids = completion.token_ids
        if not self.strings or not self._holds_one(ids):
            return completion
        length = bisect_left(range(1, len(ids)), True, key=lambda n: self._holds_one(ids[:n])) + 1
        return replace(
            completion,
            token_ids=ids[:length],
            rollout_logprobs=completion.rollout_logprobs[:length],
            finish_reason="stop",
        )

    def _holds_one(self, token_ids: Sequence[int]) -> bool:
        assert self._tokenizer is not None
        text = self._tokenizer.decode(list(token_ids), skip_special_tokens=False)
        return any(string in text for string in self.strings)
