from __future__ import annotations

import copy
import weakref
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from torch import Tensor
from transformers import AutoModelForCausalLM, Qwen2ForCausalLM

from rlvr.config import GrpoConfig, ModelConfig, OptimizerConfig
from rlvr.config_learn import KlInLossConfig
from rlvr.config_lora import LoraConfig
from rlvr.config_rollout import RolloutConfig
from rlvr.learn.batch import pack
from rlvr.learn.lora import adapter_parameters, add_adapters
from rlvr.learn.policy import Policy
from rlvr.learn.snapshot import Reference
from rlvr.learn.trainer import Trainer
from rlvr.model_files import load_policy
from rlvr.rollout.engine import Request, SamplingSettings
from rlvr.rollout.parity import compare_logprobs
from rlvr.rollout.transformers import TransformersEngine
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import make_groups, make_model, make_sequences, same_bits, weights
from tests.rollout.tiny import save_model

LORA = LoraConfig(rank=4, alpha=6.0)
SCALE = 6.0 / 4
ALL = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
OPTIMIZER = OptimizerConfig(lr=1e-2, final_lr=1e-2)
CONFIG = GrpoConfig(steps=5, micro_batch_tokens=100, optimizer=OPTIMIZER)


def adapted(
    model: Qwen2ForCausalLM, lora: LoraConfig = LORA, *, is_new: bool = False, **options: bool
) -> Policy:
    """A copy of ``model`` with adapters; B is random unless they are new."""
    policy = Policy(copy.deepcopy(model), {}, **options)
    add_adapters(policy.model, lora, "the/base", seed=3)
    torch.manual_seed(1)
    for name, parameter in adapter_parameters(policy.model).items():
        if "lora_B" in name and not is_new:
            parameter.data.normal_(std=0.3)
    return policy


def merged(policy: Policy, model: Qwen2ForCausalLM) -> Qwen2ForCausalLM:
    """A copy of the plain ``model`` with the weights that an engine would be given."""
    plain = copy.deepcopy(model)
    named = dict(policy.named_tensors())
    assert named.keys() == dict(plain.named_parameters()).keys()
    for name, parameter in plain.named_parameters():
        assert named[name].shape == parameter.shape
        parameter.data.copy_(named[name])
    return plain


def packed_logprobs(policy: Policy) -> Tensor:
    (batch,) = pack(make_groups(), row_tokens=60, micro_batch_tokens=1_000)
    return policy.logprobs(batch, 0.8)[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_new_adapters_change_no_bit(dtype: torch.dtype) -> None:
    model = make_model().to(dtype)
    policy = adapted(model, is_new=True)
    assert packed_logprobs(policy).equal(packed_logprobs(Policy(model, {})))
    plain = {name: p.detach() for name, p in model.named_parameters()}
    assert all(tensor.equal(plain[name]) for name, tensor in policy.named_tensors())


def test_the_same_seed_makes_the_same_adapters_and_leaves_the_global_draws_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    policies = [Policy(make_model(), {}) for _ in range(3)]
    torch.manual_seed(5)
    for policy, seed in zip(policies, (7, 7, 8), strict=True):
        add_adapters(policy.model, LORA, "the/base", seed)
    assert torch.get_rng_state().equal(before)
    first, second, third = (policy.trained() for policy in policies)
    assert same_bits(first, second)
    assert not any(first[name].equal(third[name]) for name in first if "lora_A" in name)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("targets", [("all-linear",), ("v_proj", "down_proj")])
def test_merged_weights_compute_what_the_adapters_do(tied: bool, targets: tuple[str, ...]) -> None:
    model = make_model(tied=tied)
    policy = adapted(model, LORA.model_copy(update={"targets": targets}))
    changed = {name.split(".lora_")[0].rpartition(".")[2] for name in policy.trained()}
    assert changed == (ALL if targets == ("all-linear",) else set(targets))
    policy.model.double()
    plain = merged(policy, model.double())
    ids = torch.arange(30)[None]
    with torch.no_grad():
        ours, theirs = policy.model(ids).logits, plain(ids).logits
        without = model(ids).logits
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    assert (ours - without).abs().max() > 0.1


@pytest.mark.parametrize("checkpointing", [False, True])
def test_gradients_are_those_of_the_whole_weights_seen_through_the_adapters(
    checkpointing: bool,
) -> None:
    """y = (W + s B A) x: dL/dB = s dL/dW A', dL/dA = s B' dL/dW, on packed trees."""
    model = make_model()
    policy = adapted(model, gradient_checkpointing=checkpointing)
    whole = Policy(merged(policy, model), {})
    for each in (policy, whole):
        torch.autograd.backward(packed_logprobs(each).square().sum())
    expected = {name: p.grad for name, p in whole.model.named_parameters()}
    found = adapter_parameters(policy.model)
    for name, a in found.items():
        path, _, rest = name.partition(".lora_A.")
        if not rest:
            continue
        b, gradient = found[f"{path}.lora_B.{rest}"], expected[f"{path}.weight"]
        assert gradient is not None
        for ours, theirs in ((a, SCALE * b.T @ gradient), (b, SCALE * gradient @ a.T)):
            assert ours.grad is not None
            scale = float(theirs.detach().abs().max())
            assert scale > 0
            torch.testing.assert_close(ours.grad, theirs, rtol=1e-4, atol=1e-4 * scale)
    frozen = [p for n, p in policy.model.named_parameters() if n not in found]
    assert all(p.grad is None and not p.requires_grad for p in frozen)


@pytest.mark.parametrize("kind", ["adamw", "muon"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_five_steps_change_adapters_alone(kind: str, dtype: torch.dtype) -> None:
    policy = adapted(make_model().to(dtype), is_new=True)
    before = {name: p.detach().clone() for name, p in policy.model.named_parameters()}
    optimizer = OPTIMIZER.model_copy(update={"kind": kind})
    trainer = Trainer(policy, CONFIG.model_copy(update={"optimizer": optimizer}), 1.0)
    for step in range(5):
        trainer.step(make_groups(seed=step), step)
    trained = policy.trained()
    assert all(p.dtype == torch.float32 for p in trained.values())
    for name, parameter in policy.model.named_parameters():
        assert parameter.equal(before[name]) is (name not in trained), name
    (only,) = trainer.optimizers()
    state = [t for s in only.state.values() for t in s.values() if t.ndim]
    copies = 2 if kind == "adamw" else 1
    assert sum(t.numel() for t in state) == copies * sum(t.numel() for t in trained.values())


def test_autocast_trains_float32_adapters_of_a_bfloat16_model() -> None:
    model = make_model().to(torch.bfloat16)
    plain = adapted(model)
    cast = Policy(copy.deepcopy(model), {}, autocast=True)
    add_adapters(cast.model, LORA, "the/base", seed=3, autocast=True)
    with torch.no_grad():
        for name, parameter in adapter_parameters(cast.model).items():
            parameter.copy_(plain.trained()[name])
    logprobs = packed_logprobs(cast)
    torch.testing.assert_close(logprobs, packed_logprobs(plain), rtol=0, atol=0.3)
    torch.autograd.backward(logprobs.sum())
    gradients = [p.grad for p in adapter_parameters(cast.model).values()]
    assert all(g is not None and g.dtype == torch.float32 and g.any() for g in gradients)


def test_a_snapshot_is_of_the_adapters_alone() -> None:
    policy = adapted(make_model())
    reference = Reference(policy, sync_every=2)
    then = packed_logprobs(policy).detach()
    trainer = Trainer(policy, CONFIG, 1.0)
    trainer.step(make_groups(), 0)
    now = packed_logprobs(policy).detach()
    assert not now.equal(then)

    reference.after_step(0)
    with reference.in_place():
        assert packed_logprobs(policy).equal(then)
    assert packed_logprobs(policy).equal(now)
    reference.after_step(1)
    with reference.in_place():
        assert packed_logprobs(policy).equal(now)
    assert reference.state_dict().keys() == policy.trained().keys()
    assert all(p.requires_grad for p in adapter_parameters(policy.model).values())


def test_a_checkpoint_is_the_adapters_and_goes_on_to_the_bit(tmp_path: Path) -> None:
    Policy(make_model(), {"tokenizer.json": b"{}"}).save(tmp_path / "base")
    model = ModelConfig(lora=LORA)
    config = CONFIG.model_copy(update={"kl": KlInLossConfig(coef=0.3)})
    straight = Trainer(load_policy(tmp_path / "base", model, seed=3), config, 1.0)
    for step in range(2):
        straight.step(make_groups(seed=step), step)
    checkpoint = tmp_path / "checkpoint"
    straight.policy.save_trained(checkpoint)
    state = copy.deepcopy(straight.state_dict())
    files = {str(p.relative_to(checkpoint)) for p in checkpoint.rglob("*") if p.is_file()}
    assert files == {"adapter/adapter_config.json", "adapter/adapter_model.safetensors"}

    policy = load_policy(tmp_path / "base", model, seed=4, checkpoint=checkpoint)
    resumed = Trainer(policy, config, 1.0)
    resumed.load_state_dict(state)
    for step in range(2, 5):
        metrics = [t.step(make_groups(seed=step), step) for t in (straight, resumed)]
        assert metrics[0] == metrics[1]
    assert same_bits(straight.policy.trained(), resumed.policy.trained())
    assert same_bits(weights(straight.policy), weights(resumed.policy))


@pytest.mark.parametrize("tied", [True, False])
def test_a_saved_model_is_merged_and_has_its_adapter_beside_it(tmp_path: Path, tied: bool) -> None:
    model = make_model(tied=tied)
    model.save_pretrained(tmp_path / "base")
    policy = adapted(model)
    policy.save(tmp_path / "final")
    expected = packed_logprobs(policy).detach()
    whole = Policy.load(tmp_path / "final")
    assert not whole.trained().keys() & policy.trained().keys()
    torch.testing.assert_close(packed_logprobs(whole).detach(), expected, rtol=0, atol=1e-4)

    base = AutoModelForCausalLM.from_pretrained(tmp_path / "base")
    peft = PeftModel.from_pretrained(base, str(tmp_path / "final" / "adapter"))
    assert peft.peft_config["default"].base_model_name_or_path == "the/base"
    ids = torch.arange(30)[None]
    with torch.no_grad():
        assert peft(ids).logits.equal(policy.model(ids).logits)


def test_a_bfloat16_model_is_saved_in_bfloat16_and_sent_in_float32(tmp_path: Path) -> None:
    policy = adapted(make_model().to(torch.bfloat16))
    policy.save(tmp_path)
    saved = dict(Policy.load(tmp_path, dtype=torch.bfloat16).named_tensors())
    kinds = {name: tensor.dtype for name, tensor in policy.named_tensors()}
    assert kinds["model.layers.0.mlp.up_proj.weight"] == torch.float32
    assert kinds["model.embed_tokens.weight"] == torch.bfloat16
    assert same_bits(saved, {n: t.to(torch.bfloat16) for n, t in policy.named_tensors()})


def test_merging_holds_one_weight_at_a_time() -> None:
    policy = adapted(make_model())
    own = {p.data_ptr() for p in policy.model.parameters()}
    made: list[weakref.ref[Tensor]] = []
    for _, tensor in policy.named_tensors():
        if tensor.data_ptr() not in own:
            made.append(weakref.ref(tensor))
        del tensor
        assert sum(each() is not None for each in made) <= 1
    assert len(made) == 2 * len(ALL)


def test_engine_and_trainer_agree_after_an_update(tmp_path: Path) -> None:
    path = save_model(tmp_path, tied=True)
    policy = load_policy(path, ModelConfig(lora=LORA), seed=3)
    torch.manual_seed(2)
    for parameter in adapter_parameters(policy.model).values():
        parameter.data.normal_(std=0.3)
    engine = TransformersEngine(str(path), RolloutConfig(dtype="float32"), max_length=32)
    engine.update_weights(policy.named_tensors(), policy_version=1)
    requests = [Request(prompt_ids=(5, 6, 7 + seed), seed=seed) for seed in range(4)]
    completions = engine.generate(requests, SamplingSettings(temperature=0.8, max_new_tokens=12))
    sequences = [
        TrainingSequence(prompt_ids=request.prompt_ids, completion_ids=completion.token_ids)
        for request, completion in zip(requests, completions, strict=True)
    ]
    written = [completion.rollout_logprobs for completion in completions]
    scores = Trainer(policy, CONFIG, 0.8).score(sequences)
    assert compare_logprobs(written, [each.tolist() for each in scores]).max < 1e-4
    stale = Trainer(load_policy(path, ModelConfig()), CONFIG, 0.8).score(sequences)
    assert compare_logprobs(written, [each.tolist() for each in stale]).mean > 0.02


@pytest.mark.parametrize("targets", [("q_prj",), ("q_proj", "lm_head"), ("embed_tokens",)])
def test_refuses_targets_that_are_not_there(targets: tuple[str, ...]) -> None:
    lora = LORA.model_copy(update={"targets": targets})
    accepted = ", ".join(sorted(ALL))
    with pytest.raises(ValueError, match=f'{targets[-1]} outside .* "all-linear" .* {accepted}'):
        add_adapters(make_model(tied=False), lora, "the/base", seed=0)


def test_without_a_rank_nothing_is_adapted(tmp_path: Path) -> None:
    Policy(make_model(), {}).save(tmp_path)
    policy = load_policy(tmp_path, ModelConfig())
    assert all(p.requires_grad for p in policy.model.parameters())
    assert policy.trained().keys() == dict(policy.named_tensors()).keys()
    sequences = make_sequences(2)
    Trainer(policy, CONFIG, 1.0).step(sequences, 0)
    policy.save_trained(tmp_path / "checkpoint")
    assert same_bits(weights(Policy.load(tmp_path / "checkpoint")), weights(policy))
    assert not (tmp_path / "checkpoint" / "adapter").exists()
