"""A model from nothing: a small Qwen3 with a tokenizer of its own, in the hub's layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from rlvr.config import ModelConfig
from rlvr.config_data import FamilyName

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PAD, END, UNKNOWN, USER, ASSISTANT = "<pad>", "<end>", "<unknown>", "<user>", "<assistant>"
SPECIAL = (PAD, END, UNKNOWN, USER, ASSISTANT)
# Frequent words carry the space or mark beside them; a number is always one token a digit.
LABELS = (
    "Domain: ", "Expand: ", "Move: ", "Multiply: ", "Square: ", "Factor: ", "Formula: ",
    "Check ", "Sum: ", "Roots: ", "\\boxed{",
)  # fmt: skip
WORDS = (
    "Solve ", "Add ", "Count ", "up ", "the ", "solutions ", "of ", " with ",
    *LABELS, *(f"\n{label}" for label in LABELS), "none", "no ", "real ", "solution",
)  # fmt: skip
MARKS = (
    " = -", " != -", ") = ", ")(", "(-",
    " + ", " - ", " = ", " != ", " < ", " > ", " <= ", " >= ", " ± ", "±", "-", "+", "=", "/", "*",
    "^", "(", ")", "|", "√", ",", ", ", ":", ": ", ".", "{", "}", "\\", "\n", " ",
)  # fmt: skip
# What the texts of a family need beside these; such pieces follow, so that all others keep their
# ids, and a model that never meets the family has no embedding for them.
_MORE_LABELS: dict[FamilyName, tuple[str, ...]] = {
    "system": ("Subtract: ", "Put in: ", "Equal: ", "Free: ", "Check: "),
    "logarithm": ("Power: ", "Equal: ", "Let u = ", "Logarithm: ", "Sign: "),
    "parameter": ("Root: ",),
    "inequality": ("Divide: ", "Ends: ", "Signs: "),
}
_MORE_WORDS: dict[FamilyName, tuple[str, ...]] = {
    "system": (" for ", "), ("),
    "logarithm": ("log_", "ln("),
    "parameter": (" for ", " if ", "; ", "all ", "numbers"),
    "inequality": ("(-∞, ", ", ∞)", " ∪ ", "all ", "numbers", "[", "]"),
}
DIGITS = tuple("0123456789")
LETTERS = tuple("abcdefghijklmnopqrstuvwxyzD")

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}" + USER + "{{ message['content'] }}"
    "{% elif message['role'] == 'assistant' %}" + ASSISTANT + "{{ message['content'] }}" + END + ""
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}" + ASSISTANT + "{% endif %}"
)


def make_tokenizer(families: Sequence[FamilyName] = ()) -> PreTrainedTokenizerFast:
    """Words, marks, letters and digits; decoding gives the text back to the letter.

    ``families`` are those whose texts it is for: the first five need nothing more.
    """
    pieces = (*SPECIAL, *WORDS, *MARKS, *DIGITS, *LETTERS, *_more(families))
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    # The longest piece first, so that " = " is never cut into three.
    pattern = "|".join(re.escape(piece) for piece in sorted(pieces, key=len, reverse=True))
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        unk_token=UNKNOWN,
        additional_special_tokens=[USER, ASSISTANT],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def _more(families: Sequence[FamilyName]) -> tuple[str, ...]:
    """In the order of the tables, whatever that of ``families``; each piece once."""
    labels = [label for name, more in _MORE_LABELS.items() if name in families for label in more]
    words = [word for name, more in _MORE_WORDS.items() if name in families for word in more]
    return tuple(dict.fromkeys([*labels, *(f"\n{label}" for label in labels), *words]))


def make_model(
    config: ModelConfig, tokenizer: PreTrainedTokenizerFast, seed: int
) -> PreTrainedModel:
    """Random float32 weights, embeddings tied; the same seed, the same weights."""
    torch.manual_seed(seed)
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=config.width,
            intermediate_size=config.mlp_width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.kv_heads,
            head_dim=config.width // config.heads,
            max_position_embeddings=config.max_length,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
        )
    )


def save_newborn(
    config: ModelConfig, seed: int, folder: Path, families: Sequence[FamilyName] = ()
) -> Path:
    """Writes model and tokenizer to ``folder`` as the hub would hold them."""
    tokenizer = make_tokenizer(families)
    model = make_model(config, tokenizer, seed)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
