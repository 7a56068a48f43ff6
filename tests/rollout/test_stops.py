from __future__ import annotations

import pytest

from rlvr.config import ModelConfig
from rlvr.newborn import make_tokenizer, save_newborn
from rlvr.rollout.stops import StopStrings
from rlvr.types import Completion


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    small = ModelConfig(width=32, layers=1, heads=2, kv_heads=1, mlp_width=32)
    return str(save_newborn(small, 0, tmp_path_factory.mktemp("m") / "m"))


def ids(text: str) -> tuple[int, ...]:
    return tuple(make_tokenizer()(text, add_special_tokens=False)["input_ids"])


def completion(text: str) -> Completion:
    found = ids(text)
    return Completion(
        token_ids=found,
        rollout_logprobs=tuple(-float(n) for n in range(len(found))),
        finish_reason="length",
        policy_version=7,
    )


def test_a_completion_ends_with_the_token_that_completes_a_stop(model):
    stops = StopStrings(model, ["abc", "=2"])
    found = stops.cut(completion("x+1abcabc=2"))
    assert make_tokenizer().decode(list(found.token_ids)) == "x+1abc"
    assert found.rollout_logprobs == (-0.0, -1.0, -2.0, -3.0, -4.0, -5.0)
    assert (found.finish_reason, found.policy_version) == ("stop", 7)


@pytest.mark.parametrize("text", ["x", "xabc", "abx+12ab"])
def test_the_whole_completion_stays_where_nothing_follows_the_stop(model, text):
    stops = StopStrings(model, ["abc"])
    found = stops.cut(completion(text))
    assert found.token_ids == ids(text)
    assert found.finish_reason == ("stop" if "abc" in text else "length")


def test_only_the_end_is_asked_after_each_token(model):
    stops = StopStrings(model, ["abc"])
    written = ids("z" * 50 + "ababc")
    reached = [stops.is_reached(written[:n]) for n in range(1, len(written) + 1)]
    assert reached == [False] * (len(written) - 1) + [True]


def test_a_stop_of_special_tokens_is_seen(model):
    stops = StopStrings(model, ["<user>"])
    user = make_tokenizer().convert_tokens_to_ids("<user>")
    assert stops.is_reached((*ids("x"), user))


def test_without_stops_nothing_is_read():
    stops = StopStrings("no/such-model", ())
    assert not stops.is_reached((1, 2))
    assert stops.cut(completion("xabc")) == completion("xabc")
