from __future__ import annotations

from rlvr.torchrun import without_ranks

OF_TORCHRUN = {
    "RANK": "0",
    "LOCAL_RANK": "0",
    "WORLD_SIZE": "2",
    "MASTER_PORT": "1",
    "GROUP_RANK": "0",
    "ROLE_NAME": "default",
    "TORCHELASTIC_USE_AGENT_STORE": "True",
}


def test_a_process_that_is_no_rank_sees_nothing_of_torchrun():
    assert without_ranks(OF_TORCHRUN | {"HOME": "/h"}) == {"HOME": "/h"}
    alone = {"HOME": "/h", "MASTER_PORT": "1"}  # of somebody else
    assert without_ranks(alone) == alone
