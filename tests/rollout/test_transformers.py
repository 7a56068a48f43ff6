from __future__ import annotations

from pathlib import Path

import pytest
import torch

from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.transformers import TransformersEngine, draw
from tests.rollout.tiny import MAX_LENGTH, SETTINGS, load_reference


def test_draw_inverts_the_cumulative_distribution() -> None:
    logits = torch.tensor([0.2, 0.3, 0.5]).log().expand(6, 3)
    uniforms = torch.tensor([0.0, 0.19, 0.21, 0.49, 0.51, 0.999], dtype=torch.float64)
    tokens, logprobs = draw(logits, 1.0, uniforms)
    assert tokens.tolist() == [0, 0, 1, 1, 2, 2]
    assert logprobs.exp().tolist() == pytest.approx([0.2, 0.2, 0.3, 0.3, 0.5, 0.5])


def test_draw_applies_the_temperature_to_tokens_and_logprobs() -> None:
    # Temperature 1/2 squares the probabilities: 0.04, 0.09, 0.25 out of 0.38.
    logits = torch.tensor([0.2, 0.3, 0.5]).log().expand(2, 3)
    tokens, logprobs = draw(logits, 0.5, torch.tensor([0.10, 0.11], dtype=torch.float64))
    assert tokens.tolist() == [0, 1]
    assert logprobs.exp().tolist() == pytest.approx([0.04 / 0.38, 0.09 / 0.38])


@pytest.mark.parametrize("uniform", [0.0, 1 - 2**-53])
def test_draw_never_takes_an_impossible_token(uniform: float) -> None:
    logits = torch.tensor([[-torch.inf, 0.0, 0.0, -torch.inf]])
    tokens, _ = draw(logits, 1.0, torch.tensor([uniform], dtype=torch.float64))
    assert tokens.item() in (1, 2)


def test_draw_at_temperature_0_is_the_argmax_with_the_models_logprobs() -> None:
    logits = torch.tensor([[0.2, 0.3, 0.5]]).log()
    tokens, logprobs = draw(logits, 0.0, torch.tensor([0.0], dtype=torch.float64))
    assert tokens.item() == 2
    assert logprobs.exp().item() == pytest.approx(0.5)


@pytest.fixture(scope="module")
def engine(model_paths: dict[str, Path]) -> TransformersEngine:
    return TransformersEngine(str(model_paths["tied"]), SETTINGS, MAX_LENGTH)


def test_bfloat16_is_the_engines_own_choice(model_paths: dict[str, Path]) -> None:
    settings = SETTINGS.model_copy(update={"dtype": "bfloat16"})
    engine = TransformersEngine(str(model_paths["tied"]), settings, MAX_LENGTH)
    reference = load_reference(model_paths["tied"])
    engine.update_weights(reference.named_parameters(), 1)
    [completion] = engine.generate(
        [Request(prompt_ids=(5, 6), seed=0)], SamplingSettings(temperature=1.0, max_new_tokens=8)
    )
    assert completion.policy_version == 1
    assert {tensor.dtype for tensor in reference.parameters()} == {torch.float32}


def test_a_weight_of_another_shape_is_refused(
    engine: TransformersEngine, model_paths: dict[str, Path]
) -> None:
    weights = dict(load_reference(model_paths["tied"]).named_parameters())
    weights["model.norm.weight"] = torch.nn.Parameter(torch.ones(1))  # would broadcast
    with pytest.raises(ValueError, match=r"model.norm.weight: shape \(1,\), expected \(64,\)"):
        engine.update_weights(weights.items(), 1)
