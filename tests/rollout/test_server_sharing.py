"""Which server gets which request, and what becomes of the requests of one that is lost."""

from __future__ import annotations

import asyncio
import math

from hypothesis import given
from hypothesis import strategies as st

from rlvr.rollout.engine import Request
from rlvr.rollout.server.spread import spread
from rlvr.rollout.server.waiting import Waiting
from tests.rollout.fake_server import requests
from tests.waiting import LIMIT

GROUPS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=12)


def requests_of(groups: list[tuple[int, int]]) -> list[Request]:
    return [
        Request(prompt_ids=(prompt,), seed=seed) for prompt, size in groups for seed in range(size)
    ]


@given(GROUPS, st.lists(st.integers(0, 20), min_size=1, max_size=5))
def test_every_request_has_one_server_and_none_has_much_more(groups, loads):
    requests = requests_of(groups)
    shares = spread(requests, loads)
    assert len(shares) == len(loads)
    assert sorted(index for share in shares for index in share) == list(range(len(requests)))
    assert all(share == sorted(share) for share in shares)
    totals = [load + len(share) for load, share in zip(loads, shares, strict=True)]
    largest = math.ceil(len(requests) / len(loads))
    # Whoever got something was the idlest before its last piece.
    for total, share in zip(totals, shares, strict=True):
        assert not share or total - largest <= min(totals)


def test_a_group_stays_together_and_one_large_prompt_is_shared_out():
    assert spread(requests_of([(1, 4), (2, 4), (3, 4), (4, 4)]), [0, 0]) == [
        [0, 1, 2, 3, 8, 9, 10, 11],
        [4, 5, 6, 7, 12, 13, 14, 15],
    ]
    assert [len(share) for share in spread(requests_of([(1, 9)]), [0, 0])] == [5, 4]
    # One that has nothing yet catches up first.
    assert spread(requests_of([(1, 2), (2, 2), (3, 2)]), [3, 0]) == [[4, 5], [0, 1, 2, 3]]


@given(st.data())
def test_servers_come_and_go_and_each_request_is_answered_once(data):
    num_requests = data.draw(st.integers(1, 12))

    async def live() -> None:
        waiting = Waiting(requests(num_requests))
        held: dict[int, list[int]] = {}  # what each living server writes
        answered: list[int] = []
        while len(answered) < num_requests:
            assert len(waiting._unanswered) == num_requests - len(answered)
            acts = [("join", s) for s in range(3) if s not in held]
            acts += [("leave", s) for s in held]
            acts += [("take", s) for s in held if waiting._shares[s].waiting]
            acts += [("answer", s) for s in held if held[s]]
            if len(held) == 3:  # or it may go on for ever
                acts = [act for act in acts if act[0] in ("take", "answer")]
            act, server = data.draw(st.sampled_from(acts))
            if act == "join":
                waiting.join(server)
                held[server] = []
            elif act == "leave":
                waiting.leave(server)
                del held[server]
            elif act == "take":
                index = await waiting.take(server)
                assert index not in answered
                assert all(index not in writing for writing in held.values())
                held[server].append(index)
            else:
                answered.append(held[server].pop())
                waiting.answered(server, answered[-1])
        await asyncio.wait_for(waiting.all_answered(), LIMIT)
        assert sorted(answered) == list(range(num_requests))

    asyncio.run(live())


def test_who_waits_for_a_request_gets_what_another_left():
    async def live() -> None:
        waiting = Waiting(requests(1))
        waiting.join(0, 1)
        assert await waiting.take(0) == 0
        idle = asyncio.create_task(waiting.take(1))
        await asyncio.sleep(0)
        assert not idle.done()
        waiting.leave(0)
        assert await asyncio.wait_for(idle, LIMIT) == 0

    asyncio.run(live())
