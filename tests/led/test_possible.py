from __future__ import annotations

from pathlib import Path

import pytest

from rlvr.config import ModelConfig
from rlvr.config_load import load_config
from rlvr.config_rollout import RolloutConfig
from rlvr.led.job import leading
from rlvr.led.possible import check_heads, check_possible
from rlvr.model_sizes import made_sizes


@pytest.mark.parametrize(
    ("num_ranks", "here", "override", "words"),
    [
        (2, 2, "grpo.max_staleness=1", "is 1, and torchrun started 2 ranks, whose engines write"),
        (1, 1, "rollout.tensor_parallel=2", "is 2, and there is one process, with one GPU"),
        (6, 6, "rollout.tensor_parallel=4", "is 4, and torchrun started 6 ranks on this machine"),
        # Two machines: an engine's ranks exchange at each layer of each token.
        (8, 4, "rollout.tensor_parallel=8", "what divides 4 is accepted"),
    ],
)
def test_what_so_many_ranks_cannot_do_is_refused(
    num_ranks: int, here: int, override: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(num_ranks, here, monkeypatch)
    with pytest.raises(ValueError, match=words):
        check_possible(load_config("smoke", None, [override]))


@pytest.mark.parametrize(
    ("num_ranks", "overrides"),
    [
        (1, ["grpo.max_staleness=1"]),
        (2, ["grpo.max_staleness=1", "rollout.topology=server"]),
        (2, ["model.lora.rank=4", "grpo.kl=k2_in_loss", "rollout.tensor_parallel=2"]),
        (8, ["rollout.tensor_parallel=4"]),
        (2, ["rollout.topology=server", "rollout.server.devices=['2']"]),
    ],
)
def test_what_they_can_do(
    num_ranks: int, overrides: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started(num_ranks, num_ranks, monkeypatch)
    check_possible(load_config("smoke", None, overrides))


@pytest.mark.parametrize(
    ("visible", "devices", "words"),
    [
        (None, "['1', '2']", r"names GPU 1, .* the first that it sees, here 0, 1;"),
        ("4,5,6,7", "['6', '4']", r"names GPU 4, .* the first that it sees, here 4, 5;"),
    ],
)
def test_servers_and_learner_do_not_share_a_gpu(
    visible: str | None, devices: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(2, 2, monkeypatch)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    overrides = [
        "rollout.topology=server", "rollout.server.replicas=2", f"rollout.server.devices={devices}"
    ]  # fmt: skip
    with pytest.raises(ValueError, match=words):
        check_possible(load_config("smoke", None, overrides))


def test_it_is_said_before_the_other_ranks_are_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started(2, 2, monkeypatch)
    config = load_config("smoke", None, ["grpo.max_staleness=1"])
    with pytest.raises(ValueError, match="whose engines write"), leading(config, tmp_path):
        pass


@pytest.mark.parametrize(
    ("heads", "kv_heads", "shared", "is_accepted"),
    [(12, 4, 4, True), (12, 2, 4, True), (12, 3, 2, False), (12, 12, 8, False), (12, 4, 1, True)],
)
def test_an_engine_is_shared_by_heads(
    heads: int, kv_heads: int, shared: int, is_accepted: bool
) -> None:
    sizes = made_sizes(ModelConfig(width=48, heads=heads, kv_heads=kv_heads), vocab_size=10)
    config = load_config("smoke", None, [f"rollout.tensor_parallel={shared}"])
    if is_accepted:
        check_heads(config, sizes)
    else:
        with pytest.raises(ValueError, match=f"is {shared}, and the model has 12 attention heads"):
            check_heads(config, sizes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"engine": "transformers"}, "transformers' engine cannot be shared"),
        ({"topology": "server"}, "a server has the GPUs of its entry in server.devices"),
    ],
)
def test_only_vllm_among_the_ranks_is_shared(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        RolloutConfig.model_validate({"tensor_parallel": 2} | changes)


def started(num_ranks: int, here: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", str(num_ranks))
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(here))
