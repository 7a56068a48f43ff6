from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rlvr.led.engine import portion


@given(st.integers(0, 300), st.integers(1, 20))
def test_the_engines_have_every_request_once_and_about_as_many(count: int, size: int) -> None:
    portions = [portion(count, size, index) for index in range(size)]
    assert [index for part in portions for index in part] == list(range(count))
    lengths = [len(part) for part in portions]
    assert max(lengths) - min(lengths) <= 1
