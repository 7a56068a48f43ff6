from __future__ import annotations

from rlvr.torchrun import without_ranks


def test_a_process_that_is_no_rank_sees_nothing_of_torchrun():
    torchrun = {
        "RANK": "0",
        "LOCAL_RANK": "0",
        "WORLD_SIZE": "2",
        "MASTER_PORT": "1",
        "GROUP_RANK": "0",
        "ROLE_NAME": "default",
        "TORCHELASTIC_USE_AGENT_STORE": "True",
    }
    assert without_ranks(torchrun | {"HOME": "/h"}) == {"HOME": "/h"}
    alone = {"HOME": "/h", "MASTER_PORT": "1"}  # of somebody else
    assert without_ranks(alone) == alone
