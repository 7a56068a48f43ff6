from __future__ import annotations

import pytest
import torch

from rlvr.config_learn import (
    AggregationConfig,
    ConstantConfig,
    SequenceMeanConfig,
    StepTokensConfig,
)
from rlvr.learn.aggregation import AGGREGATIONS, Totals
from rlvr.learn.bind import bind

# Two completions of 1 and 3 tokens here, one of 4 elsewhere, five more that train nothing.
TOTALS = Totals(num_tokens=8, num_sequences=3, num_asked=8)
LOSSES, COUNTS = torch.tensor([6.0, 1.0, 2.0, 3.0]), torch.tensor([1, 3])


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (StepTokensConfig(), [6 / 8, 1 / 8, 2 / 8, 3 / 8]),
        (SequenceMeanConfig(), [6 / 3, 1 / 9, 2 / 9, 3 / 9]),
        (ConstantConfig(length=16), [6 / 128, 1 / 128, 2 / 128, 3 / 128]),
    ],
)
def test_shares_by_hand(section: AggregationConfig, expected: list[float]) -> None:
    shares = bind(AGGREGATIONS, section)(LOSSES, COUNTS, TOTALS)
    torch.testing.assert_close(shares, torch.tensor(expected))


def test_only_the_sequence_mean_favours_short_completions() -> None:
    """Equal losses: the weight of a completion of 1 token against one of 3."""
    weights = {}
    for kind in (StepTokensConfig(), SequenceMeanConfig(), ConstantConfig()):
        short, *long = bind(AGGREGATIONS, kind)(torch.ones(4), COUNTS, TOTALS).tolist()
        weights[kind.kind] = short / sum(long)
    assert weights == pytest.approx({"step_tokens": 1 / 3, "sequence_mean": 1, "constant": 1 / 3})
