"""The server engine on servers that only seem to write: what becomes of requests when they die."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from rlvr.config_server import ServerConfig
from rlvr.rollout.engine import SamplingSettings
from rlvr.rollout.server.client import ServerError
from rlvr.rollout.server.engine import ServerEngine
from rlvr.rollout.server.wire import GENERATE, LABEL_AT_START
from rlvr.types import Completion
from tests.rollout.fake_server import FakeServer, requests, token_of
from tests.rollout.tiny import EOS, MAX_LENGTH, SETTINGS, load_reference
from tests.waiting import wait_until

SAMPLED = SamplingSettings(temperature=1.0, max_new_tokens=2)
REQUESTS = requests(60)


@contextmanager
def serving(path: Path, *servers: FakeServer) -> Iterator[ServerEngine]:
    limits = ServerConfig(urls=tuple(server.url for server in servers), start_seconds=120)
    settings = SETTINGS.model_copy(update={"topology": "server", "server": limits})
    with ExitStack() as ends:
        for server in servers:
            ends.callback(server.close)
        engine = ServerEngine(str(path), settings, MAX_LENGTH)
        ends.callback(engine.close)
        yield engine


def is_whole(completions: list[Completion]) -> bool:
    return [c.token_ids for c in completions] == [(token_of(r.seed), EOS) for r in REQUESTS]


def test_a_live_server_completes_what_a_lost_one_had_and_the_lost_one_joins_when_it_is_back(
    model_paths: dict[str, Path],
) -> None:
    dies, lives = FakeServer(dies_after=5), FakeServer()
    with serving(model_paths["tied"], dies, lives) as engine:
        # It stays away: were it waited for, this would end in an error.
        assert is_whole(engine.generate(REQUESTS, SAMPLED))
        assert len(dies.written) == 5
        assert set(Counter(dies.written + lives.written).values()) == {1}

        # New weights pass it by, and it gets them before anything else when it is back.
        engine.update_weights(load_reference(model_paths["tied"]).named_parameters(), 3)
        dies.seen.clear()
        dies.start()
        label = dies.label
        assert label == LABEL_AT_START

        def has_joined() -> bool:
            found = engine.generate(REQUESTS, SAMPLED)
            assert is_whole(found)
            assert {completion.policy_version for completion in found} == {3}
            return len(dies.written) > 5

        wait_until(has_joined)
        assert dies.label == lives.label
        assert dies.seen.index("/update_weights") < dies.seen.index("/update_weight_version")
        assert dies.seen.index("/resume") < dies.seen.index(GENERATE)
        engine.update_weights(load_reference(model_paths["tied"]).named_parameters(), 4)
        assert dies.label == lives.label != label


@pytest.mark.parametrize("count", [1, 2])
def test_where_all_are_lost_the_first_that_is_back_completes_the_rest(
    count: int, model_paths: dict[str, Path]
) -> None:
    servers = [FakeServer(dies_after=5, comes_back=True) for _ in range(count)]
    with serving(model_paths["tied"], *servers) as engine:
        assert is_whole(engine.generate(REQUESTS, SAMPLED))
        written = [seed for server in servers for seed in server.written]
        assert Counter(written) == Counter(range(len(REQUESTS)))


def test_a_server_that_was_started_again_meanwhile_gets_the_weights(
    model_paths: dict[str, Path],
) -> None:
    server = FakeServer()
    with serving(model_paths["tied"], server) as engine:
        given = server.label
        server.die()
        server.start()
        # Its first answers are under its own weights: none of them may be kept.
        found = engine.generate(REQUESTS, SAMPLED)
        assert is_whole(found)
        assert server.label == given


def test_an_update_that_one_server_refuses_is_known_by_its_version_all_the_same(
    model_paths: dict[str, Path],
) -> None:
    takes, refuses = FakeServer(), FakeServer()
    with serving(model_paths["tied"], takes, refuses) as engine:
        before = takes.label
        refuses.odd["/reset_prefix_cache"] = ("200 OK", '{"success": false}')
        weights = load_reference(model_paths["tied"]).named_parameters()
        with pytest.raises(ServerError, match=f"{refuses.url}: did not empty its prefix cache"):
            engine.update_weights(weights, 5)
        # What the first writes from now on is of these weights.
        assert takes.label != before
        assert engine.policy_version == 5
