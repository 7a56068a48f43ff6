from hashlib import sha256
from typing import get_args

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from rlvr.config import DataConfig, ModelConfig
from rlvr.config_data import FamilyName
from rlvr.config_load import load_config
from rlvr.data.generate import generate_split
from rlvr.data.store import task_of
from rlvr.estimate import estimate
from rlvr.newborn import END, make_tokenizer, save_newborn
from rlvr.prompt import Prompter

TINY = ModelConfig(width=32, layers=2, heads=2, kv_heads=1, mlp_width=64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_newborn(TINY, seed=0, folder=tmp_path_factory.mktemp("newborn"))


def test_the_hub_layout_loads_with_no_code_of_ours(folder):
    model = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert model.config.vocab_size == len(tokenizer)
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight
    ids = tokenizer("x^2 - 5x + 6 = 0")["input_ids"]
    assert ids == make_tokenizer()("x^2 - 5x + 6 = 0")["input_ids"]


def test_the_tiny_model_has_about_a_million_parameters():
    from rlvr.newborn import make_model

    model = make_model(ModelConfig(), make_tokenizer(), seed=0)
    assert 0.7e6 < sum(p.numel() for p in model.parameters()) < 1.3e6


def test_the_seed_decides_the_weights(folder, tmp_path):
    again = AutoModelForCausalLM.from_pretrained(save_newborn(TINY, 0, tmp_path / "again"))
    other = AutoModelForCausalLM.from_pretrained(save_newborn(TINY, 1, tmp_path / "other"))
    first = AutoModelForCausalLM.from_pretrained(folder)
    embeddings = [m.get_input_embeddings().weight for m in (first, again, other)]
    assert torch.equal(embeddings[0], embeddings[1])
    assert not torch.equal(embeddings[0], embeddings[2])


def test_every_text_of_the_data_comes_back_to_the_letter(folder):
    prompter = Prompter(AutoTokenizer.from_pretrained(folder), "bare")
    rows = list(generate_split("sft", DataConfig(sft_size=1000), 0))
    rows += generate_split("shifted", DataConfig(shifted_size=200), 0)
    unknown = prompter.tokenizer.unk_token_id
    sequences = prompter.supervised(map(task_of, rows), [r.get("working", "") for r in rows])
    for row, sequence in zip(rows, sequences, strict=True):
        assert unknown not in sequence.prompt_ids + sequence.completion_ids
        assert prompter.text(sequence.prompt_ids) == row["text"]
        assert prompter.text(sequence.completion_ids) == row.get("working", "")
        assert sequence.completion_ids[-1] == prompter.tokenizer.eos_token_id


def test_the_tokenizer_of_the_tiny_preset_stays_what_it_is():
    """Models that were trained with it are still in use. The digest is of before the others."""
    tokenizer = make_tokenizer(load_config("tiny").data.families)
    text = tokenizer.backend_tokenizer.to_str()
    assert sha256(text.encode()).hexdigest()[:16] == "a9a3bb95289badaa"
    assert len(tokenizer) == 111


def test_other_families_add_pieces_behind():
    first = make_tokenizer().get_vocab()
    every = make_tokenizer(get_args(FamilyName)).get_vocab()
    assert first.items() < every.items()
    some = make_tokenizer(("inequality",)).get_vocab()
    assert set(some) - set(first) <= set(every) - set(first)
    assert "[" in some
    assert "log_" not in some


@pytest.mark.parametrize("families", [get_args(FamilyName), ("inequality",)])
def test_texts_of_other_families_come_back_and_fit(families):
    """Into the preset's lengths, with the end token."""
    preset = load_config("one-gpu")
    tokenizer = make_tokenizer(families)
    config = DataConfig(families=families, sft_size=700, shifted_size=90)
    rows = [*generate_split("sft", config, 0), *generate_split("shifted", config, 0)]
    prompter = Prompter(tokenizer, "bare")
    sequences = prompter.supervised(map(task_of, rows), [r.get("working", "") for r in rows])
    for row, sequence in zip(rows, sequences, strict=True):
        assert tokenizer.unk_token_id not in sequence.prompt_ids + sequence.completion_ids
        assert prompter.text(sequence.prompt_ids) == row["text"]
        assert prompter.text(sequence.completion_ids) == row.get("working", "")
        assert len(sequence.completion_ids) <= preset.rollout.max_new_tokens
        longest = preset.model.max_length - preset.rollout.max_new_tokens
        assert len(sequence.prompt_ids) <= longest


def test_the_preset_for_one_gpu_has_the_size_that_the_cost_model_knows():
    from rlvr.model_sizes import made_sizes
    from rlvr.scale.shapes import shape

    preset = load_config("one-gpu")
    vocab_size = len(make_tokenizer(preset.data.families))
    assert made_sizes(preset.model, vocab_size) == shape("one-gpu")
    found = estimate(preset, vocab_size)
    assert 50e6 < found.parameters < 100e6
    assert found.total_mb < 141_000
    assert found.kv_cache_needed_mb <= found.kv_cache_mb
    assert set(preset.data.families) == set(get_args(FamilyName))


def test_digits_are_single_tokens():
    tokenizer = make_tokenizer()
    assert tokenizer.tokenize("Check -127: 4096 = 3/5")[1:5] == ["-", "1", "2", "7"]
    holding = [token for token in tokenizer.get_vocab() if any(c.isdigit() for c in token)]
    assert sorted(holding) == list("0123456789")


def test_the_chat_template_opens_the_answer():
    tokenizer = make_tokenizer()
    turns = [{"role": "user", "content": "Solve x = 1"}]
    text = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    assert text == "<user>Solve x = 1<assistant>"
    turns.append({"role": "assistant", "content": "\\boxed{1}"})
    text = tokenizer.apply_chat_template(turns, tokenize=False)
    assert text == f"<user>Solve x = 1<assistant>\\boxed{{1}}{END}"
