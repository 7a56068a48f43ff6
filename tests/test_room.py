import pytest

from rlvr.config import Config
from rlvr.config_load import load_config
from rlvr.estimate import estimate
from rlvr.memory import available_memory_mb
from rlvr.room import LIBRARIES_MB, check_room, possible_changes

VOCABULARY = 1000


def config(*overrides: str) -> Config:
    return load_config("tiny", None, list(overrides))


def test_a_run_that_fits_is_let_through_to_the_byte():
    needed = estimate(config(), VOCABULARY).total_mb + LIBRARIES_MB
    check_room(config(), VOCABULARY, needed, "the GPU")
    with pytest.raises(ValueError, match="this run needs about"):
        check_room(config(), VOCABULARY, needed - 1, "the GPU")
    check_room(config("check_memory=false"), VOCABULARY, 1.0, "the GPU")


def test_the_refusal_names_the_parts_and_what_saves_most_first():
    large = config("rollout.kv_cache_gb=64", "rollout.dtype=float32")
    with pytest.raises(ValueError, match="the GPU has 40,000 left") as caught:
        check_room(large, VOCABULARY, 40_000.0, "the GPU")
    message = str(caught.value)
    assert "68,719 of KV cache" in message
    assert "What helps: rollout.kv_cache_gb=32 saves 34,360 MB" in message
    assert "check_memory=false" in message


def test_each_change_saves_what_it_says():
    large = config("model.width=512", "model.mlp_width=2048", "grpo.kl=k2_in_loss")
    found = estimate(large, VOCABULARY)
    changes = possible_changes(large, VOCABULARY, found)
    assert {c.override.partition("=")[0] for c in changes} >= {"model.dtype", "grpo.kl"}
    assert [c.saved_mb for c in changes] == sorted((c.saved_mb for c in changes), reverse=True)
    for change in changes:
        smaller = config(
            "model.width=512", "model.mlp_width=2048", "grpo.kl=k2_in_loss", change.override
        )
        saved = found.total_mb - estimate(smaller, VOCABULARY).total_mb
        assert saved == pytest.approx(change.saved_mb)
        assert saved > 0


def test_there_is_memory_here():
    assert 10 < available_memory_mb() < 1e9
