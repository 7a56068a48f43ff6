"""A tiny model in the hub's layout, made on the spot."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    GenerationConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from rlvr.config_rollout import RolloutConfig

VOCABULARY = 48
EOS, END_OF_TURN = 1, 2  # the tokenizer names the first, the generation settings both
MAX_LENGTH = 64
SETTINGS = RolloutConfig(dtype="float32", max_sequences=96, kv_cache_gb=0.05)


def save_model(path: Path, *, tied: bool) -> Path:
    """A Qwen2 model with random weights, large enough that its distributions are uneven."""
    torch.manual_seed(int(tied))
    words = {"<pad>": 0, "<eos>": EOS, "<turn>": END_OF_TURN}
    words |= {f"w{i}": i for i in range(3, VOCABULARY)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<eos>", pad_token="<pad>"
    ).save_pretrained(path)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=VOCABULARY,
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            intermediate_size=96,
            max_position_embeddings=MAX_LENGTH,
            initializer_range=0.15,
            tie_word_embeddings=tied,
            bos_token_id=None,
            pad_token_id=0,
            eos_token_id=EOS,
        )
    )
    model.save_pretrained(path)
    GenerationConfig(eos_token_id=[EOS, END_OF_TURN]).save_pretrained(path)
    return path


def load_reference(path: Path) -> Qwen2ForCausalLM:
    """The model as a trainer holds it."""
    model: Qwen2ForCausalLM = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32)
    return model
