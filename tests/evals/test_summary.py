import pytest

from rlvr.data.tasks import LeftOut
from rlvr.evals.intervals import Interval
from rlvr.evals.summary import default_ks, summarise
from rlvr.wilson import wilson
from tests.evals.make import BLANK, RIGHT, UNDECIDED, WRONG, make_answered, make_settings

RECORDS = [
    make_answered("p1", RIGHT, "rrra", "linear", "level 2"),
    make_answered("p2", WRONG, "raaa", "linear", "level 10"),
    make_answered("p3", BLANK, "----", "radical", "level 10"),
    make_answered("p4", UNDECIDED, "????", "radical", ""),
]
OUT = [LeftOut(id=str(i), reason=reason, evidence="") for i, reason in enumerate("aab")]


def test_a_handful_by_hand():
    found = summarise(make_settings(), OUT, RECORDS, [1, 2, 4])
    assert found.num_problems == 4
    assert found.left_out == {"a": 2, "b": 1}
    assert found.overall["greedy"] == Interval(1 / 3, *wilson(1, 3), 3)  # undecided: not in it
    assert found.overall["pass@1"].value == pytest.approx((3 / 4 + 1 / 4 + 0) / 3)
    assert found.overall["pass@2"].value == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert found.overall["pass@4"].value == pytest.approx(2 / 3)
    assert found.overall["maj@4"].value == pytest.approx(1 / 3)
    assert list(found.by_family) == ["linear", "radical"]
    assert found.by_family["linear"]["greedy"].value == 0.5
    assert found.rates["undecided"] == 5 / 20
    assert found.rates["no_readable_answer"] == 5 / 20
    assert found.rates["truncated"] == 5 / 20
    assert found.rates["mean_tokens"] == 4


def test_difficulties_come_in_the_order_of_people():
    found = summarise(make_settings(), [], RECORDS, [1])
    assert list(found.by_difficulty) == ["level 2", "level 10"]
    assert found.by_difficulty["level 10"]["pass@1"].num == 2


def test_a_group_that_nothing_decides_has_no_numbers():
    found = summarise(make_settings(), [], RECORDS[3:], [1])
    assert found.overall == {}
    assert found.by_family == {"radical": {}}


def test_the_order_of_the_problems_changes_no_value():
    one = summarise(make_settings(), [], RECORDS, [1, 4])
    other = summarise(make_settings(), [], RECORDS[::-1], [1, 4])
    for name, each in one.overall.items():
        assert other.overall[name].value == pytest.approx(each.value)


def test_default_sizes():
    assert default_ks(0) == []
    assert default_ks(1) == [1]
    assert default_ks(16) == [1, 4, 16]
    assert default_ks(20) == [1, 4, 16, 20]
