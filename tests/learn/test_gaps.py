from __future__ import annotations

import math

import pytest
import torch

from rlvr.config_learn import (
    EngineGapConfig,
    NoGapConfig,
    SequenceMaskConfig,
    SequenceTruncateConfig,
    TokenMaskConfig,
    TokenTruncateConfig,
)
from rlvr.learn.bind import bind
from rlvr.learn.gaps import GAPS

# pi_old / mu of two completions: geometric means 4 and (1.5 * 0.25 * 1)^(1/3).
RATIOS = [2.0, 8.0, 1.5, 0.25, 1.0]
SECOND = (1.5 * 0.25) ** (1 / 3)


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (NoGapConfig(), [1.0] * 5),
        (TokenTruncateConfig(), [2.0, 2.0, 1.5, 0.25, 1.0]),
        (TokenTruncateConfig(cap=1.0), [1.0, 1.0, 1.0, 0.25, 1.0]),
        (TokenMaskConfig(low=0.5, high=5.0), [2.0, 0.0, 1.5, 0.0, 1.0]),
        (TokenMaskConfig(low=0.1, high=1.6), [0.0, 0.0, 1.5, 0.25, 1.0]),
        (SequenceTruncateConfig(), [2.0, 2.0, SECOND, SECOND, SECOND]),
        (SequenceMaskConfig(low=0.5, high=3.0), [0.0, 0.0, SECOND, SECOND, SECOND]),
        (SequenceMaskConfig(low=0.9, high=5.0), [4.0, 4.0, 0.0, 0.0, 0.0]),
    ],
)
def test_weights_by_hand(section: EngineGapConfig, expected: list[float]) -> None:
    old = torch.full((5,), -1.0, requires_grad=True)
    rollout = torch.tensor([-1.0 - math.log(ratio) for ratio in RATIOS])
    weights = bind(GAPS, section)(old, rollout, torch.tensor([2, 3]))
    torch.testing.assert_close(weights, torch.tensor(expected))
    assert not weights.requires_grad


@pytest.mark.parametrize("kind", [TokenMaskConfig, SequenceMaskConfig])
@pytest.mark.parametrize("band", [(1.0, 2.0), (0.5, 1.0), (2.0, 3.0), (0.0, 0.5)])
def test_a_band_must_hold_the_ratio_of_no_gap(kind: type, band: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="low below 1 and a high above 1"):
        kind(low=band[0], high=band[1])
