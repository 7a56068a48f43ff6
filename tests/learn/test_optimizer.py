from __future__ import annotations

import pytest
import torch
from torch import nn

from rlvr.config import OptimizerConfig
from rlvr.learn.optimizer import apply_gradients, learning_rate, make_optimizer
from tests.learn.learn_helpers import make_model

CONFIG = OptimizerConfig(lr=1.0, final_lr=0.1, warmup_steps=4)


def test_schedule_by_hand() -> None:
    rates = [learning_rate(CONFIG, step, num_steps=15) for step in range(15)]
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rates[9] == pytest.approx(0.55)  # half-way down the cosine
    assert rates[14] == pytest.approx(0.1)
    assert rates[4:] == sorted(rates[4:], reverse=True)


def test_schedule_at_its_edges() -> None:
    assert learning_rate(CONFIG, 1_000, num_steps=15) == pytest.approx(0.1)
    no_warmup = OptimizerConfig(lr=1.0, final_lr=0.1)
    assert learning_rate(no_warmup, 0, num_steps=1) == 1.0
    assert learning_rate(no_warmup, 0, num_steps=10) == 1.0
    # A run shorter than its warm-up still rises.
    assert learning_rate(CONFIG, 2, num_steps=3) == pytest.approx(0.6)


def test_only_matrices_are_decayed() -> None:
    model = make_model()
    optimizer = make_optimizer(model, OptimizerConfig(lr=0.1, final_lr=0.1, weight_decay=0.5))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    apply_gradients(optimizer, lr=0.1, max_grad_norm=1.0)
    for name, parameter in model.named_parameters():
        factor = 0.95 if parameter.ndim > 1 else 1.0
        torch.testing.assert_close(parameter.detach(), before[name] * factor)


def test_the_first_step_of_adam_by_hand() -> None:
    layer = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2.0]]))
    optimizer = make_optimizer(layer, CONFIG)
    layer.weight.grad = torch.tensor([[3.0, -4.0]])
    # Bias-corrected, the first step is lr * g / |g| in every entry, whatever the clipping.
    assert apply_gradients(optimizer, lr=0.5, max_grad_norm=1.0) == pytest.approx(5.0)
    torch.testing.assert_close(layer.weight.detach(), torch.tensor([[0.5, 2.5]]))
    assert layer.weight.grad is None


def test_a_gradient_that_is_not_finite_changes_nothing() -> None:
    layer = nn.Linear(2, 1)
    before = layer.weight.detach().clone()
    optimizer = make_optimizer(layer, CONFIG)
    layer.weight.grad = torch.tensor([[float("nan"), 1.0]])
    layer.bias.grad = torch.zeros(1)
    with pytest.raises(RuntimeError, match="non-finite"):
        apply_gradients(optimizer, lr=0.5, max_grad_norm=1.0)
    assert layer.weight.detach().equal(before)


MUON = OptimizerConfig(kind="muon", lr=0.1, final_lr=0.1)


def test_muon_takes_the_layers_and_adamw_the_rest() -> None:
    model = make_model()
    adamw, muon = make_optimizer(model, MUON).parts
    taken = {id(p) for group in muon.param_groups for p in group["params"]}
    names = {name for name, p in model.named_parameters() if id(p) in taken}
    assert names == {
        name for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name
        and "lm_head" not in name
    }  # fmt: skip
    others = [p for group in adamw.param_groups for p in group["params"]]
    assert len(others) + len(names) == len(list(model.parameters()))


def test_a_step_of_muon_is_orthogonal_and_of_adamws_size() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(16, 16, bias=False)
    before = layer.weight.detach().clone()
    layer.weight.grad = torch.randn(16, 16)
    apply_gradients(make_optimizer(layer, MUON), lr=0.1, max_grad_norm=1e9)
    update = (layer.weight.detach() - before) / 0.1
    singular = torch.linalg.svdvals(update)
    assert singular.max() / singular.min() < 3  # the gradient's own ratio is above 30
    assert update.square().mean().sqrt() == pytest.approx(0.2, rel=0.25)


def test_the_state_of_both_parts_comes_back() -> None:
    def trained(steps: int, state: dict | None = None, weights: dict | None = None):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4))
        if weights:
            model.load_state_dict(weights)
        optimizer = make_optimizer(model, MUON)
        if state:
            optimizer.load_state_dict(state)
        for _ in range(steps):
            model(torch.ones(2, 4)).square().mean().backward()
            apply_gradients(optimizer, lr=0.1, max_grad_norm=1.0)
        return model.state_dict(), optimizer.state_dict()

    weights, state = trained(2)
    resumed, _ = trained(2, state, weights)
    straight, _ = trained(4)
    assert all(torch.equal(resumed[name], straight[name]) for name in straight)
