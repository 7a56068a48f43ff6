"""The contract of a rollout engine, held against both engines with tied and untied heads, and
against two processes of one."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import torch

from rlvr.config_lora import LoraConfig
from rlvr.learn.lora import adapter_parameters, add_adapters, hub_weights
from rlvr.rollout.checks import NonFiniteLogprobsError
from rlvr.rollout.engine import Request, RolloutEngine, SamplingSettings
from rlvr.rollout.factory import make_engine, vllm_import_problem
from rlvr.types import Completion
from tests.rollout.tiny import END_OF_TURN, EOS, MAX_LENGTH, SETTINGS, VOCABULARY, load_reference

SAMPLED = SamplingSettings(temperature=1.0, max_new_tokens=24)
GREEDY = SamplingSettings(temperature=0.0, max_new_tokens=24)


@pytest.fixture(
    scope="module",
    params=["vllm tied", "vllm untied", "2 vllm tied", "transformers tied", "transformers untied"],
)
def model_path_and_engine(
    request: pytest.FixtureRequest, model_paths: dict[str, Path]
) -> Iterator[tuple[Path, RolloutEngine]]:
    *num, name, head = request.param.split()
    if name == "vllm" and (problem := vllm_import_problem()):
        pytest.skip(problem)
    settings = {"engine": name, "processes": int(num[0]) if num else 1}
    engine = make_engine(str(model_paths[head]), SETTINGS.model_copy(update=settings), MAX_LENGTH)
    assert engine.name == name
    yield model_paths[head], engine
    engine.close()


@pytest.fixture
def reference(model_path_and_engine: tuple[Path, RolloutEngine]) -> torch.nn.Module:
    return load_reference(model_path_and_engine[0])


@pytest.fixture
def engine(
    model_path_and_engine: tuple[Path, RolloutEngine], reference: torch.nn.Module
) -> RolloutEngine:
    engine = model_path_and_engine[1]
    if engine.policy_version != 0:  # an earlier test has moved the weights
        engine.update_weights(reference.named_parameters(), 0)
    return engine


def make_requests(count: int) -> list[Request]:
    rng = random.Random(count)
    return [
        Request(
            prompt_ids=tuple(rng.randrange(3, VOCABULARY) for _ in range(rng.randrange(1, 12))),
            seed=1000 + index,
        )
        for index in range(count)
    ]


@torch.no_grad()
def reference_logprobs(
    model: torch.nn.Module, request: Request, completion: Completion, temperature: float
) -> torch.Tensor:
    """Logprobs [T] of the completion, from one forward over prompt and completion."""
    ids = torch.tensor([[*request.prompt_ids, *completion.token_ids]])
    logits = model(ids).logits[0, len(request.prompt_ids) - 1 : -1]
    logprobs = (logits / temperature).log_softmax(-1)
    return logprobs.gather(-1, torch.tensor(completion.token_ids).unsqueeze(-1)).squeeze(-1)


def largest_difference(
    model: torch.nn.Module,
    requests: Sequence[Request],
    completions: Sequence[Completion],
    temperature: float = 1.0,
) -> float:
    return max(
        (reference_logprobs(model, request, completion, temperature))
        .sub(torch.tensor(completion.rollout_logprobs))
        .abs()
        .max()
        .item()
        for request, completion in zip(requests, completions, strict=True)
    )


def test_no_requests_give_no_completions(engine: RolloutEngine) -> None:
    assert engine.generate([], SAMPLED) == []


def test_completions_end_at_a_stop_token_or_at_the_limit(engine: RolloutEngine) -> None:
    completions = engine.generate(make_requests(48), SAMPLED)
    for completion in completions:
        *body, last = completion.token_ids
        assert not {EOS, END_OF_TURN} & set(body)
        if completion.finish_reason == "stop":
            assert last in (EOS, END_OF_TURN)
        else:
            assert last not in (EOS, END_OF_TURN)
            assert len(completion.token_ids) == SAMPLED.max_new_tokens
        assert len(completion.rollout_logprobs) == len(completion.token_ids)
    # The model is random: the test is worth something only if all three endings occur.
    assert {c.finish_reason for c in completions} == {"stop", "length"}
    assert {c.token_ids[-1] for c in completions if c.finish_reason == "stop"} == {EOS, END_OF_TURN}


def test_a_stop_token_at_the_limit_counts_as_a_stop(engine: RolloutEngine) -> None:
    request, completion = next(
        (request, completion)
        for request, completion in zip(
            make_requests(48), engine.generate(make_requests(48), SAMPLED), strict=True
        )
        if completion.finish_reason == "stop"
    )
    tight = SamplingSettings(temperature=1.0, max_new_tokens=len(completion.token_ids))
    assert engine.generate([request], tight)[0].finish_reason == "stop"


def test_greedy_takes_the_argmax_at_each_step(
    engine: RolloutEngine, reference: torch.nn.Module
) -> None:
    requests = make_requests(8)
    completions = engine.generate(requests, GREEDY)
    for request, completion in zip(requests, completions, strict=True):
        ids = torch.tensor([[*request.prompt_ids, *completion.token_ids]])
        with torch.no_grad():
            logits = reference(ids).logits[0, len(request.prompt_ids) - 1 : -1]
        assert tuple(logits.argmax(-1).tolist()) == completion.token_ids
    assert largest_difference(reference, requests, completions) < 1e-4


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_logprobs_are_those_of_the_sampling_distribution(
    engine: RolloutEngine, reference: torch.nn.Module, temperature: float
) -> None:
    requests = make_requests(24)
    sampling = SamplingSettings(temperature=temperature, max_new_tokens=24)
    completions = engine.generate(requests, sampling)
    assert largest_difference(reference, requests, completions, temperature) < 1e-4


def test_tokens_are_drawn_from_the_distribution_of_the_temperature(
    engine: RolloutEngine, reference: torch.nn.Module
) -> None:
    num_draws, temperature = 4000, 0.7
    prompt_ids = (5, 9, 4)
    requests = [Request(prompt_ids=prompt_ids, seed=seed) for seed in range(num_draws)]
    sampling = SamplingSettings(temperature=temperature, max_new_tokens=1)
    drawn = torch.tensor([c.token_ids[0] for c in engine.generate(requests, sampling)])
    frequencies = torch.bincount(drawn, minlength=VOCABULARY) / num_draws
    with torch.no_grad():
        logits = reference(torch.tensor([prompt_ids])).logits[0, -1]
    expected = (logits / temperature).softmax(-1)
    # Five standard deviations of each frequency; temperature 1 lies far outside.
    tolerance = 5 * (expected * (1 - expected) / num_draws).sqrt() + 1 / num_draws
    assert ((frequencies - expected).abs() < tolerance).all()
    assert not ((logits.softmax(-1) - expected).abs() < tolerance).all()


def test_a_request_does_not_depend_on_its_batch(engine: RolloutEngine) -> None:
    requests = make_requests(70)  # over max_sequences: some have to wait
    together = engine.generate(requests, SAMPLED)
    backwards = engine.generate(requests[::-1], SAMPLED)[::-1]
    alone = [engine.generate([request], SAMPLED)[0] for request in requests[:3]]
    for one, other in [*zip(together, backwards, strict=True), *zip(together, alone, strict=False)]:
        assert one.token_ids == other.token_ids
        assert one.rollout_logprobs == pytest.approx(other.rollout_logprobs, abs=1e-5)


def test_equal_seeds_draw_equal_completions_and_others_do_not(engine: RolloutEngine) -> None:
    requests = [Request(prompt_ids=(7, 8, 9), seed=seed) for seed in (3, 3, 4, 5, 6)]
    first, again, *others = engine.generate(requests, SAMPLED)
    assert first == again
    assert all(other.token_ids != first.token_ids for other in others)


def test_generation_leaves_the_global_generator_alone(engine: RolloutEngine) -> None:
    before = torch.get_rng_state()
    engine.generate(make_requests(4), SAMPLED)
    engine.generate(make_requests(4), GREEDY)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("names", ["parameters", "state_dict", "adapters"])
def test_updated_weights_are_the_ones_that_generate(
    engine: RolloutEngine, reference: torch.nn.Module, names: str
) -> None:
    requests = make_requests(16)
    before = engine.generate(requests, SAMPLED)
    assert {completion.policy_version for completion in before} == {0}

    if names == "adapters":
        add_adapters(cast(Any, reference), LoraConfig(rank=4), "the/base", seed=5)
    torch.manual_seed(5)
    with torch.no_grad():
        for parameter in adapter_parameters(reference).values() or reference.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    weights: dict[str, Iterable[tuple[str, torch.Tensor]]] = {
        "parameters": reference.named_parameters(),
        "state_dict": reference.state_dict().items(),
        "adapters": hub_weights(reference, lambda _, tensor: tensor),
    }
    engine.update_weights(weights[names], 7)
    after = engine.generate(requests, SAMPLED)
    assert engine.policy_version == 7
    assert {completion.policy_version for completion in after} == {7}
    assert largest_difference(reference, requests, after) < 1e-4
    assert largest_difference(reference, requests, before) > 1e-2

    with torch.no_grad():
        for parameter in reference.parameters():
            parameter.zero_()  # the trainer goes on: the engine must hold its own copy
    assert engine.generate(requests, SAMPLED) == after


def test_weights_that_are_not_finite_are_reported(
    engine: RolloutEngine, reference: torch.nn.Module
) -> None:
    with torch.no_grad():
        next(reference.parameters()).fill_(float("nan"))
    engine.update_weights(reference.named_parameters(), 1)
    with pytest.raises(NonFiniteLogprobsError, match=r"(\d) of \1 completions .* policy version 1"):
        engine.generate(make_requests(4), SAMPLED)


def test_a_request_that_does_not_fit_is_named(engine: RolloutEngine) -> None:
    requests = [Request(prompt_ids=(3,) * length, seed=0) for length in (40, 41)]
    engine.generate(requests[:1], SAMPLED)  # 40 + 24 = MAX_LENGTH
    with pytest.raises(ValueError, match=r"request 1: 41 prompt tokens .* max_length 64"):
        engine.generate(requests, SAMPLED)
