import time

import pytest

from rlvr.timing import Stopwatch


def test_laps_add_up_and_the_step_is_the_whole():
    watch = Stopwatch()
    for _ in range(2):
        with watch("rollout"):
            time.sleep(0.01)
    time.sleep(0.01)
    seconds = watch.seconds
    assert set(seconds) == {"rollout", "step"}
    assert 0.02 <= seconds["rollout"] <= seconds["step"] - 0.01


def test_a_lap_that_raises_is_counted():
    watch = Stopwatch()
    with pytest.raises(KeyError), watch("train"):
        raise KeyError
    assert "train" in watch.seconds
