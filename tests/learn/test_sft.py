from __future__ import annotations

import io

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlvr.config import OptimizerConfig, SftConfig
from rlvr.learn.policy import Policy
from rlvr.learn.sft import Cursor, SftLearner, SftTrainer, next_batch
from rlvr.types import TrainingSequence
from tests.learn.learn_helpers import (
    assert_same_gradients,
    gradient_of,
    make_model,
    make_sequences,
    plain_logprobs,
    same_bits,
    weights,
)

EXAMPLES = [
    TrainingSequence(prompt_ids=s.prompt_ids, completion_ids=s.completion_ids)
    for s in make_sequences(17)
]
OPTIMIZER = OptimizerConfig(lr=3e-3, final_lr=1e-3, warmup_steps=2, max_grad_norm=1e9)
CONFIG = SftConfig(steps=50, batch_tokens=100, optimizer=OPTIMIZER)


def make_learner(config: SftConfig = CONFIG, micro_batch_tokens: int = 4_096) -> SftLearner:
    return SftLearner(Policy(make_model(), {}), config, micro_batch_tokens)


def num_tokens(examples: list[TrainingSequence]) -> int:
    return sum(len(s.prompt_ids) + len(s.completion_ids) for s in examples)


@given(st.integers(0, 1_000), st.integers(1, 500), st.integers(1, 17))
def test_every_epoch_gives_every_example_once(seed: int, batch_tokens: int, count: int) -> None:
    examples = EXAMPLES[:count]
    cursor = Cursor()
    stream: list[TrainingSequence] = []
    while len(stream) < 3 * count:
        taken, after = next_batch(examples, seed, cursor, batch_tokens)
        assert len(taken) == 1 or num_tokens(taken) <= batch_tokens
        following, _ = next_batch(examples, seed, after, batch_tokens)
        assert num_tokens([*taken, following[0]]) > batch_tokens
        stream += taken
        cursor = after
    for epoch in range(3):
        ids = [id(example) for example in stream[epoch * count : (epoch + 1) * count]]
        assert sorted(ids) == sorted(map(id, examples))


def test_epochs_and_seeds_differ_in_order() -> None:
    tokens = num_tokens(EXAMPLES)
    first, cursor = next_batch(EXAMPLES, 0, Cursor(), tokens)
    second, _ = next_batch(EXAMPLES, 0, cursor, tokens)
    other, _ = next_batch(EXAMPLES, 1, Cursor(), tokens)
    assert len({tuple(map(id, order)) for order in (first, second, other)}) == 3


def test_the_loss_is_the_mean_cross_entropy_of_the_completions() -> None:
    taken, _ = next_batch(EXAMPLES, 0, Cursor(), CONFIG.batch_tokens)
    model = make_model()
    logprobs = torch.cat([plain_logprobs(model, example) for example in taken])
    torch.autograd.backward(-logprobs.mean())
    learner = make_learner()
    trainer = SftTrainer(learner, EXAMPLES, seed=0)
    metrics: dict[str, float] = {}
    ours = gradient_of(learner, lambda: metrics.update(trainer.step(0)))
    assert metrics["loss"] == pytest.approx(-float(logprobs.detach().mean()), rel=1e-5)
    assert metrics["num_tokens"] == num_tokens(taken) <= 100
    assert metrics["num_tokens_trained"] == len(logprobs)
    assert_same_gradients(
        ours, {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    )


def test_the_step_depends_on_no_split() -> None:
    whole, split = make_learner(), make_learner(micro_batch_tokens=1)
    first: dict[str, float] = {}
    second: dict[str, float] = {}
    assert_same_gradients(
        gradient_of(whole, lambda: first.update(SftTrainer(whole, EXAMPLES, seed=0).step(0))),
        gradient_of(split, lambda: second.update(SftTrainer(split, EXAMPLES, seed=0).step(0))),
    )
    # Rows are trimmed to their micro-batch, so this one may differ.
    assert first.pop("padding_share") >= second.pop("padding_share")
    assert first == pytest.approx(second, rel=1e-4)


def test_a_tiny_set_is_learned_by_heart() -> None:
    config = SftConfig(steps=80, batch_tokens=100, optimizer=OPTIMIZER)
    trainer = SftTrainer(make_learner(config), EXAMPLES[:3], seed=0)
    losses = [trainer.step(step)["loss"] for step in range(80)]
    assert losses[0] > 3
    assert losses[-1] < 0.05


def test_a_resumed_trainer_goes_on_bit_for_bit() -> None:
    learner = make_learner()
    straight = SftTrainer(learner, EXAMPLES, seed=3)
    for step in range(4):
        straight.step(step)
    file = io.BytesIO()
    state = (learner.policy.model.state_dict(), learner.state_dict(), straight.state_dict())
    torch.save(state, file)
    file.seek(0)
    model, learner_state, state = torch.load(file)
    late_learner = make_learner()
    late_learner.policy.model.load_state_dict(model)
    late_learner.load_state_dict(learner_state)
    resumed = SftTrainer(late_learner, EXAMPLES, seed=3)
    resumed.load_state_dict(state)
    for step in range(4, 8):
        assert straight.step(step) == resumed.step(step)
    assert same_bits(weights(learner.policy), weights(late_learner.policy))


def test_refuses_a_step_out_of_turn_and_an_empty_set() -> None:
    trainer = SftTrainer(make_learner(), EXAMPLES, seed=0)
    with pytest.raises(ValueError, match="step 1 was asked for; step 0 is accepted"):
        trainer.step(1)
    with pytest.raises(ValueError, match="no supervised examples"):
        SftTrainer(make_learner(), [], seed=0).step(0)
