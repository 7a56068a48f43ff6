import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlvr.data.order import batch_indices


@given(rows=st.integers(1, 40), batch=st.integers(1, 40), seed=st.integers(0, 5))
def test_every_epoch_reads_every_row_once(rows, batch, seed):
    batch = min(batch, rows)
    steps = 3 * rows // batch
    read = [index for step in range(steps) for index in batch_indices(rows, batch, step, seed)]
    for epoch in range(len(read) // rows):
        assert sorted(read[epoch * rows : (epoch + 1) * rows]) == list(range(rows))


def test_seed_and_epoch_change_the_order():
    assert batch_indices(50, 50, 0, 0) != batch_indices(50, 50, 0, 1)
    assert batch_indices(50, 50, 0, 0) != batch_indices(50, 50, 1, 0)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="a batch of 8 problems needs as many rows; there are 3"):
        batch_indices(3, 8, 0, 0)
