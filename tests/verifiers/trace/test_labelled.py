"""The analysis against labels that were made without it."""

from __future__ import annotations

import json

import pytest

from scripts.bench_traces import HELD_OUT, count, problem_of, rows
from scripts.trace_corpus import corpus
from verifiers import check_steps

ROWS = rows()


@pytest.fixture(scope="module")
def counted():
    return count(ROWS, [check_steps(problem_of(row), row["completion"]) for row in ROWS])


def test_there_are_many_and_no_two_have_one_name():
    assert len(ROWS) >= 300
    assert len({row["id"] for row in ROWS}) == len(ROWS)


def test_a_labelled_error_stands_in_its_completion():
    assert all(
        row["first_error"]["text"] in row["completion"] for row in ROWS if row["first_error"]
    )


def test_every_label_is_found_and_nothing_else(counted):
    counts, misses = counted
    for label, each in counts.items():
        if label != "keyword aha, against verified":
            assert each.precision >= 0.95, (label, misses)
            assert each.recall >= 0.95, (label, misses)


def test_a_verified_aha_is_one(counted):
    counts, _ = counted
    assert counts["verified_aha"].precision == 1.0
    assert counts["keyword aha, against verified"].precision < 0.5  # what words alone are worth


# Just below what was reached; labels with few traces, where one miss weighs much.
HELD_OUT_FLOORS = {
    "cause: arithmetic": (0.80, 0.95),
    "cause: dropped_restriction": (0.80, 0.95),
    "cause: sign": (0.90, 0.90),
    "cause: unknown": (0.85, 0.60),
    "broken": (1.0, 0.85),
}


def test_the_held_out_traces_keep_what_was_reached():
    labelled = rows(HELD_OUT)
    traces = [check_steps(problem_of(row), row["completion"]) for row in labelled]
    counts, misses = count(labelled, traces)
    assert counts["verified_aha"].precision == 1.0
    for label, each in counts.items():
        if label == "keyword aha, against verified":
            continue
        precision, recall = HELD_OUT_FLOORS.get(label, (0.95, 0.95))
        assert each.precision >= precision, (label, misses)
        assert each.recall >= recall, (label, misses)


def test_the_composed_traces_are_those_of_the_script():
    composed = [row for row in ROWS if not row["id"].startswith("written")]
    assert json.loads(json.dumps(list(corpus()))) == composed
