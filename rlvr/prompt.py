"""Tasks as token ids: a template of ``prompts/`` inside the tokenizer's chat template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rlvr.resources import prompt_template
from rlvr.types import Prompt, Task, TrainingSequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transformers import PreTrainedTokenizerBase


class Prompter:
    """Text to token ids and back, the only place where either happens."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, template: str, chat_template: bool = True
    ) -> None:
        """``template`` goes into the tokenizer's chat template where it has one; not for a base
        model, which was never trained on one (``chat_template`` false)."""
        if tokenizer.eos_token_id is None:
            raise ValueError("the tokenizer has no eos token; a completion could never end")
        self.tokenizer = tokenizer
        self._template = prompt_template(template)
        self._in_chat = chat_template and bool(tokenizer.chat_template)

    def prompt(self, task: Task) -> Prompt:
        text = self._template.replace("{problem}", task.text)
        if self._in_chat:
            turns = [{"role": "user", "content": text}]
            text = str(
                self.tokenizer.apply_chat_template(
                    turns, add_generation_prompt=True, tokenize=False
                )
            )
        # A chat template writes the special tokens itself.
        encoded = self.tokenizer(text, add_special_tokens=not self._in_chat)
        return Prompt(task=task, token_ids=tuple(encoded["input_ids"]))

    def text(self, token_ids: Sequence[int]) -> str:
        """The completion without its special tokens."""
        return str(self.tokenizer.decode(list(token_ids), skip_special_tokens=True))

    def supervised(self, tasks: Iterable[Task], workings: Iterable[str]) -> list[TrainingSequence]:
        """Worked solutions as sequences to imitate, each ended by the eos token."""
        prompts = [self.prompt(task).token_ids for task in tasks]
        encoded = self.tokenizer(list(workings), add_special_tokens=False)["input_ids"]
        eos = self.tokenizer.eos_token_id
        return [
            TrainingSequence(prompt_ids=prompt, completion_ids=(*working, eos))
            for prompt, working in zip(prompts, encoded, strict=True)
        ]
