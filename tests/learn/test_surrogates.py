from __future__ import annotations

import inspect
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlvr.config_keys import parts
from rlvr.config_learn import (
    CispoConfig,
    ClippedConfig,
    DualClipConfig,
    GspoConfig,
    ReinforceConfig,
    SurrogateConfig,
)
from rlvr.learn.bind import bind
from rlvr.learn.surrogates import SURROGATES, Surrogate

Found = tuple[list[float], list[float], list[bool]]  # objective, its gradient, clipped


def run(
    section: SurrogateConfig, ratios: list[float], advantages: list[float], counts: list[int]
) -> Found:
    """At these ratios of the policies; logprobs are log ratio - 1.7."""
    old = torch.full((len(ratios),), -1.7, dtype=torch.float64)
    logprobs = (torch.tensor(ratios, dtype=torch.float64).log() + old).requires_grad_()
    given = torch.tensor(advantages, dtype=torch.float64)
    found: Surrogate = bind(SURROGATES, section)(logprobs, old, given, torch.tensor(counts))
    torch.autograd.backward(found.objective.sum())
    assert logprobs.grad is not None
    return found.objective.tolist(), logprobs.grad.tolist(), found.clipped.tolist()


@pytest.mark.parametrize(
    ("ratio", "advantage", "value", "clipped"),
    [
        (1.0, 2.0, 2.0, False),
        (1.5, 2.0, 1.28 * 2.0, True),  # good, already much likelier: no more push
        (0.5, 2.0, 0.5 * 2.0, False),  # good, but less likely: pushed up without bound
        (0.5, -2.0, 0.8 * -2.0, True),  # bad, already much less likely
        (1.5, -2.0, 1.5 * -2.0, False),  # bad, but likelier: pushed down without bound
        (1.27, 1.0, 1.27, False),  # the upper bound is not the lower one
        (0.81, -1.0, -0.81, False),
        (3.0, 0.0, 0.0, False),
    ],
)
@pytest.mark.parametrize("section", [ClippedConfig(), DualClipConfig(dual_clip=3.0)])
def test_clipped_by_hand(
    section: SurrogateConfig, ratio: float, advantage: float, value: float, clipped: bool
) -> None:
    # d(rho A)/d(log pi) = rho A where the unclipped branch is taken, 0 where the clipped one is.
    slope = 0.0 if clipped else ratio * advantage
    objective, gradient, is_clipped = run(section, [ratio], [advantage], [1])
    assert (objective, gradient) == (pytest.approx([value]), pytest.approx([slope]))
    assert is_clipped == [clipped]


def test_dual_clip_by_hand() -> None:
    # rho A = -8, -5.8, -4: the floor is 3 * -2 = -6. A good token has no floor.
    found = run(DualClipConfig(), [4.0, 2.9, 2.0, 4.0], [-2.0, -2.0, -2.0, 2.0], [4])
    assert found[0] == pytest.approx([-6.0, -5.8, -4.0, 2.56])
    assert found[1] == pytest.approx([0.0, -5.8, -4.0, 0.0])
    assert found[2] == [True, False, False, True]


def test_cispo_by_hand() -> None:
    # sg(min(rho, 5)) A log pi with log pi = log rho - 1.7; the gradient is the weight alone.
    found = run(CispoConfig(), [0.5, 2.0, 8.0], [2.0, -1.0, 3.0], [3])
    logs = [math.log(rho) - 1.7 for rho in (0.5, 2.0, 8.0)]
    weights = [0.5 * 2.0, 2.0 * -1.0, 5.0 * 3.0]
    assert found[0] == pytest.approx([w * lp for w, lp in zip(weights, logs, strict=True)])
    assert found[1] == pytest.approx(weights)
    assert found[2] == [False, False, True]


def test_gspo_by_hand() -> None:
    # Ratios 2 and 8 in one completion: geometric mean 4. In the other 0.5, 0.5, 4: mean 1.
    section = GspoConfig(clip_low=0.2, clip_high=4.0)
    found = run(section, [2.0, 8.0, 0.5, 0.5, 4.0], [1.0, 1.0, -3.0, -3.0, -3.0], [2, 3])
    assert found[0] == pytest.approx([4.0, 4.0, -3.0, -3.0, -3.0])
    assert found[1] == pytest.approx([4.0, 4.0, -3.0, -3.0, -3.0])
    assert found[2] == [False] * 5
    narrow = run(GspoConfig(), [2.0, 8.0, 0.5, 0.5, 4.0], [1.0, 1.0, -3.0, -3.0, -3.0], [2, 3])
    assert narrow[0] == pytest.approx([1.0004, 1.0004, -3.0, -3.0, -3.0])
    assert narrow[1] == pytest.approx([0.0, 0.0, -3.0, -3.0, -3.0])
    assert narrow[2] == [True, True, False, False, False]


def test_the_mean_of_gspo_has_the_gradient_of_the_papers_objective() -> None:
    ratios = [1.3, 0.7, 1.1]
    logs = torch.tensor(ratios, dtype=torch.float64).log().requires_grad_()
    torch.autograd.backward(logs.mean().exp() * 2.0)  # s A of the whole completion
    assert logs.grad is not None
    _, gradient, _ = run(GspoConfig(clip_low=0.5, clip_high=0.5), ratios, [2.0] * 3, [3])
    assert [slope / 3 for slope in gradient] == pytest.approx(logs.grad.tolist())


def test_reinforce_by_hand() -> None:
    found = run(ReinforceConfig(), [1.0, 9.0], [2.0, -1.0], [2])
    assert found[0] == pytest.approx([2.0 * -1.7, -(math.log(9) - 1.7)])
    assert found[1:] == ([2.0, -1.0], [False, False])


@given(
    st.floats(-2, 2),
    st.floats(-2, 2).filter(lambda a: abs(a) > 1e-3),
    st.floats(0.01, 0.9),
    st.floats(0.01, 3),
    st.sampled_from([ClippedConfig, DualClipConfig, GspoConfig]),
)
def test_a_clipped_token_is_one_without_gradient(
    log_ratio: float, advantage: float, low: float, high: float, kind: type
) -> None:
    section = kind(clip_low=low, clip_high=high)
    _, gradient, clipped = run(section, [math.exp(log_ratio)], [advantage], [1])
    assert [slope == 0 for slope in gradient] == clipped


@pytest.mark.parametrize("kind", SURROGATES)
def test_without_a_step_in_between_it_is_reinforce(kind: str) -> None:
    section = parts()["grpo.surrogate"][kind]()
    advantages = [2.0, -1.0, 0.5, 0.5]
    _, gradient, clipped = run(section, [1.0] * 4, advantages, [1, 1, 2])  # type: ignore[arg-type]
    assert gradient == pytest.approx(advantages)
    assert not any(clipped)


@pytest.mark.parametrize(
    ("part", "table"),
    [
        ("grpo.surrogate", "surrogates:SURROGATES"),
        ("grpo.engine_gap", "gaps:GAPS"),
        ("grpo.aggregation", "aggregation:AGGREGATIONS"),
        ("grpo.advantage", "advantages:ADVANTAGES"),
    ],
)
def test_the_configuration_names_every_function_and_all_its_numbers(part: str, table: str) -> None:
    module, name = table.split(":")
    functions = getattr(__import__(f"rlvr.learn.{module}", fromlist=[name]), name)
    assert set(functions) <= set(parts()[part])
    for kind, section in parts()[part].items():
        if kind not in functions:
            continue
        arguments = inspect.signature(functions[kind]).parameters.values()
        numbers = {a.name for a in arguments if a.kind is a.KEYWORD_ONLY}
        assert numbers | {"kind"} == set(section.model_fields), (part, kind)
