"""Writing one step ahead: ages, the loss, what runs beside what, errors, an exact resume."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from rlvr.batch_state import batch_state, restore_batch
from rlvr.batches import Batch
from rlvr.checkpoint import load_state, save_checkpoint
from rlvr.config import Config, GrpoConfig, OptimizerConfig
from rlvr.config_learn import EmaConfig
from rlvr.config_sampling import BehindConfig, LearnabilityConfig, SamplingConfig
from rlvr.data.sampler import TaskSampler
from rlvr.learn.policy import Policy
from rlvr.learn.trainer import Trainer
from rlvr.loop import StepResult, reinforce
from rlvr.metrics import staleness_metrics
from rlvr.newborn import save_newborn
from rlvr.prompt import Prompter
from rlvr.rollout.parity import ParityError
from rlvr.trace.jsonl import rollout_row
from tests.helpers import make_rollout
from tests.scripted import SMALL, TASKS, ApartEngine
from tests.waiting import LIMIT

# Large steps: weights one version old give clearly other logprobs.
FAST = OptimizerConfig(lr=0.02, final_lr=0.02, max_grad_norm=1e9)
GAP = "sampling/sampling_logp_difference/mean"


@pytest.fixture(scope="module")
def newborn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_newborn(SMALL, 0, tmp_path_factory.mktemp("newborn") / "model")


@dataclass
class Small:
    """A run in small: two problems a step, four completions each."""

    config: Config
    policy: Policy
    prompter: Prompter
    trainer: Trainer
    sampler: TaskSampler
    engine: ApartEngine

    def go(
        self,
        after_step: Callable[[StepResult], None],
        first_step: int = 0,
        ahead: Batch | None = None,
    ) -> None:
        reinforce(
            self.engine, self.trainer, self.prompter, self.sampler,
            first_step, self.config, after_step, ahead,
        )  # fmt: skip


def small(model: Path, **changes: Any) -> Small:
    settings = {"steps": 4, "problems": 2, "group_size": 4, "max_staleness": 1, "optimizer": FAST}
    config = Config(grpo=GrpoConfig(**settings | changes))
    policy = Policy.load(model)
    prompter = Prompter(AutoTokenizer.from_pretrained(model), "bare")
    return Small(
        config=config,
        policy=policy,
        prompter=prompter,
        trainer=Trainer(policy, config.grpo, config.rollout.temperature),
        sampler=TaskSampler(TASKS, config.grpo.sampling, config.seed),
        engine=ApartEngine(policy, prompter),
    )


def versions(result: StepResult) -> set[int]:
    return {r.completion.policy_version for group in result.groups for r in group}


def test_all_batches_but_the_first_are_one_version_old_and_in_parity(newborn: Path) -> None:
    results: list[StepResult] = []
    run = small(newborn)
    run.go(results.append)
    assert [versions(result) for result in results] == [{0}, {0}, {1}, {2}]
    assert [result.metrics["staleness/mean"] for result in results] == [0, 1, 1, 1]
    assert [result.metrics["staleness/max"] for result in results] == [0, 1, 1, 1]
    # Parity is with the weights that wrote; the loss sees the distance to those it trains.
    assert max(result.metrics["sync/parity_max"] for result in results) < 1e-4
    assert [result.metrics[GAP] > 0.05 for result in results] == [False, True, True, True]
    assert [result.ahead is None for result in results] == [False, False, False, True]
    assert len(run.engine.seeds) == 4 * 8  # nothing is written that no step trains on
    assert run.engine.policy_version == 4
    assert run.engine.num_sleeps == 0  # it writes during the update


def test_without_staleness_nothing_is_written_ahead(newborn: Path) -> None:
    results: list[StepResult] = []
    run = small(newborn, max_staleness=0)
    run.go(results.append)
    assert run.engine.num_sleeps == 4  # during each update
    assert not run.engine.is_asleep
    assert [versions(result) for result in results] == [{0}, {1}, {2}, {3}]
    assert all(result.ahead is None for result in results)
    assert not any("staleness/max" in result.metrics for result in results)


def test_an_engine_that_did_not_take_the_weights_is_found_out(newborn: Path) -> None:
    run = small(newborn)

    def forget(named_tensors: Any, policy_version: int) -> None:
        run.engine.policy_version = policy_version

    run.engine.update_weights = forget  # type: ignore[method-assign]
    with pytest.raises(ParityError, match="still holds old weights"):
        run.go(lambda result: None)


def test_the_loss_of_an_old_batch_by_plain_autograd(newborn: Path) -> None:
    """-(1/N) sum min(pi / mu, 2) A log pi: pi of version 1, mu of version 0."""
    run = small(newborn, steps=2)
    seen: list[tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]] = []

    def record(*_: Any) -> None:
        named = list(run.policy.model.named_parameters())
        gradients = {n: p.grad.clone() for n, p in named if p.grad is not None}
        seen.append(({n: p.detach().clone() for n, p in named}, gradients))

    run.trainer._optimizer.parts[0].register_step_pre_hook(record)
    results: list[StepResult] = []
    run.go(results.append)
    weights, gradients = seen[1]

    old, new = (Policy.load(newborn).model for _ in range(2))
    new.load_state_dict(weights, strict=False)
    assert results[1].advantages is not None
    pairs = list(
        zip(
            (r.completion.token_ids for group in results[1].groups for r in group),
            (r.prompt.token_ids for group in results[1].groups for r in group),
            results[1].advantages.ravel().tolist(),
            strict=True,
        )
    )
    num_tokens = sum(len(completion) for completion, _, _ in pairs)
    weighed = []
    for completion, prompt, advantage in pairs:
        tokens = torch.tensor([[*prompt, *completion]])
        mu, pi = (
            model(input_ids=tokens, use_cache=False)
            .logits[0, len(prompt) - 1 : -1]
            .log_softmax(-1)
            .gather(-1, torch.tensor(completion)[:, None])[:, 0]
            for model in (old, new)
        )
        w = (pi - mu).exp().clamp(max=2.0).detach()
        weighed.append(w)
        torch.autograd.backward(-(w * advantage * pi).sum() / num_tokens)
    for name, parameter in new.named_parameters():
        if parameter.grad is not None:
            scale = float(parameter.grad.abs().max())
            torch.testing.assert_close(
                gradients[name], parameter.grad, rtol=1e-3, atol=1e-3 * scale
            )
    w = torch.cat(weighed)
    assert (w == 2).any()  # the cap acts on some tokens, and others weigh less than 1
    assert w.min() < 0.9


def test_the_engine_writes_while_the_trainer_updates(newborn: Path) -> None:
    """Each waits for the other to begin: one after the other, this would not end."""
    run = small(newborn, steps=2)
    writing, updating = threading.Event(), threading.Event()
    generate, step = run.engine.generate, run.trainer.step

    def watched_generate(*arguments: Any) -> Any:
        if run.engine.seeds:  # not the first batch, which nothing runs beside
            writing.set()
            assert updating.wait(LIMIT), "the update did not begin beside it"
        return generate(*arguments)

    def watched_step(*arguments: Any) -> Any:
        if not updating.is_set():
            updating.set()
            assert writing.wait(LIMIT), "no completions are written beside the update"
        return step(*arguments)

    run.engine.generate = watched_generate  # type: ignore[method-assign]
    run.trainer.step = watched_step  # type: ignore[method-assign]
    run.go(lambda result: None)
    assert writing.is_set()


def test_after_a_step_the_engine_is_at_rest_and_holds_the_new_weights(newborn: Path) -> None:
    """So that a probe between two steps sees whole weights and meets no other requests."""
    run = small(newborn)
    generate, inside = run.engine.generate, threading.Lock()

    def alone(*arguments: Any) -> Any:
        assert inside.acquire(blocking=False)
        try:
            return generate(*arguments)
        finally:
            inside.release()

    run.engine.generate = alone  # type: ignore[method-assign]

    def probe(result: StepResult) -> None:
        assert not inside.locked()
        assert run.engine.policy_version == result.step
        for name, tensor in run.policy.named_tensors():
            assert torch.equal(run.engine.received[name], tensor)

    run.go(probe)


def ahead_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("one-step-ahead")]


def test_an_error_of_the_engine_comes_out_as_it_is(newborn: Path) -> None:
    run = small(newborn)
    generate, calls = run.engine.generate, iter(range(9))

    def fails_at_last(*arguments: Any) -> Any:
        if next(calls) == 2:
            raise RuntimeError("out of memory")
        return generate(*arguments)

    run.engine.generate = fails_at_last  # type: ignore[method-assign]
    results: list[StepResult] = []
    with pytest.raises(RuntimeError, match="out of memory"):
        run.go(results.append)
    # The third batch was to be written during step 2, which is not saved then.
    assert [result.step for result in results] == [1]
    assert ahead_threads() == []


@pytest.mark.parametrize("error", [ValueError("not finite"), KeyboardInterrupt()])
def test_an_error_of_the_trainer_waits_for_the_completions_in_flight(
    newborn: Path, error: BaseException
) -> None:
    run = small(newborn)
    generate, failed = run.engine.generate, threading.Event()

    def slow(*arguments: Any) -> Any:
        if run.engine.seeds:
            assert failed.wait(LIMIT)
        return generate(*arguments)

    def fails(*_: Any) -> Any:
        failed.set()
        raise error

    run.engine.generate = slow  # type: ignore[method-assign]
    run.trainer.step = fails  # type: ignore[method-assign]
    with pytest.raises(type(error)):
        run.go(lambda result: None)
    assert ahead_threads() == []
    assert len(run.engine.seeds) == 2 * 8  # the second batch was written to its end


STATES = {
    "plain": {},
    "refilled": {
        "advantage": EmaConfig(),
        "sampling": SamplingConfig(difficulty=LearnabilityConfig(), families=BehindConfig()),
    },
    "several updates": {"epochs": 2, "sampling": SamplingConfig(refill_rounds=2)},
}


@pytest.mark.parametrize("name", STATES)
def test_a_run_resumed_anywhere_ends_in_the_same_bits(
    newborn: Path, tmp_path: Path, name: str
) -> None:
    def seen(result: StepResult) -> Any:
        return result.metrics, [[r.completion for r in group] for group in result.groups]

    run, straight = small(newborn, **STATES[name]), []

    def after_step(result: StepResult) -> None:
        straight.append(seen(result))
        state = {
            "trainer": run.trainer.state_dict(),
            "sampler": run.sampler.state_dict(),
            "ahead": batch_state(result.ahead) if result.ahead else None,
        }
        save_checkpoint(tmp_path, f"{result.step}", state, run.policy.save, keep=9)

    run.go(after_step)
    for step in (1, 3):
        saved, resumed = tmp_path / f"{step}", []
        state, late = load_state(saved), small(saved, **STATES[name])
        late.trainer.load_state_dict(state["trainer"])
        late.sampler.load_state_dict(state["sampler"])
        ahead = restore_batch(state["ahead"], TASKS, late.prompter, late.config.reward)
        late.go(lambda result, resumed=resumed: resumed.append(seen(result)), step, ahead)  # type: ignore[misc]
        assert resumed == straight[step:]
        for (_, one), (_, other) in zip(
            run.policy.named_tensors(), late.policy.named_tensors(), strict=True
        ):
            assert torch.equal(one, other)
        assert late.sampler.state_dict() == run.sampler.state_dict()


def test_a_batch_comes_back_whole_from_a_checkpoint(newborn: Path, tmp_path: Path) -> None:
    run, batches = small(newborn, steps=2), []
    run.go(lambda result: batches.append(result.ahead))
    batch = batches[0]
    state = {"ahead": batch_state(batch)}
    save_checkpoint(tmp_path, "a", state, lambda folder: None)
    read = load_state(tmp_path / "a")["ahead"]
    found = restore_batch(read, TASKS, run.prompter, run.config.reward)
    assert (found.metrics, found.seconds) == (batch.metrics, batch.seconds)
    for one, other in zip(found.groups, batch.groups, strict=True):
        assert [r.completion for r in one] == [r.completion for r in other]
        assert [rollout_row(0, r, 0.5) for r in one] == [rollout_row(0, r, 0.5) for r in other]


def test_staleness_is_what_the_completions_recorded() -> None:
    def group(*ages: int) -> tuple[Any, ...]:
        return tuple(
            replace(r, completion=replace(r.completion, policy_version=7 - age))
            for r, age in ((make_rollout(), age) for age in ages)
        )

    found = staleness_metrics([group(0, 1), group(3, 2)], policy_version=7)
    assert found == {"staleness/mean": 1.5, "staleness/max": 3.0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_staleness": 1, "engine_gap": {"kind": "none"}}, "only 0 is accepted"),
        ({"max_staleness": 2}, "should be 0 or 1"),
    ],
)
def test_what_cannot_be_corrected_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GrpoConfig.model_validate(changes)
