from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from rlvr.trace import view as module
from rlvr.trace.jsonl import rollout_row
from rlvr.trace.traced import as_row
from rlvr.trace.view import COLUMNS, rollout_view
from rlvr.types import Rollout
from tests.trace.conftest import AHA
from verifiers.trace.records import Trace

MakeRollout = Callable[..., Rollout]
HOSTILE = '</pre><script>alert(1)</script><img src=x onerror=alert(2)> " \u202e \x00 {{ 7*7 }}'


class Page(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def rows(make_rollout: MakeRollout, count: int = 3, **given: Any) -> list[dict[str, Any]]:
    return [rollout_row(12, make_rollout(**given), 0.5 - n, n) for n in range(count)]


def test_a_table_has_one_type_a_column(make_rollout: MakeRollout, aha_trace: Trace) -> None:
    found = rows(make_rollout)
    found[0]["trace"] = as_row(aha_trace)
    found[1] |= {"answer": None, "reward": None, "advantage": None, "counted": False}
    view = rollout_view(found, seed=0)
    assert view.columns == list(COLUMNS)
    for name, *cells in zip(view.columns, *view.data, strict=True):
        assert len({type(cell) for cell in cells} - {type(None)}) == 1, name
        assert not any(isinstance(cell, bool) for cell in cells), name
    by_why = {row[1]: dict(zip(view.columns, row, strict=True)) for row in view.data}
    aha = by_why["aha"]
    assert (aha["verified_aha"], aha["broken"], aha["counted"]) == ("yes", "no", "yes")
    assert aha["first_error"] == "line 1: sign"
    assert aha["transition"] == "wrong_right"
    assert json.loads(aha["habits"])["domain_stated"] is True


def test_marks_have_a_sign_besides_their_colour(
    make_rollout: MakeRollout, aha_trace: Trace
) -> None:
    (row,) = rows(make_rollout, 1, text=AHA)
    page = Page(rollout_view([{**row, "trace": as_row(aha_trace)}], seed=0).panel)
    kinds = [attrs["class"] for tag, attrs in page.tags if tag == "mark"]
    legend = ["true", "false", "refuted", "excluded", "undecided"]
    assert kinds == [*legend, "refuted", "true", "true", "false"]
    assert "y = 3↺\nCheck 3: 1 != 3✓\ny = 2✓\ny = 5✗ & <b>" in page.text
    assert ("mark", {"class": "true", "title": "true: 2 is <i>right</i>."}) in page.tags
    assert "+1.00" in page.text


def test_a_model_cannot_write_html(make_rollout: MakeRollout, aha_trace: Trace) -> None:
    given = {"text": HOSTILE, "words": HOSTILE, "answer": HOSTILE, "family": HOSTILE}
    (row,) = rows(make_rollout, 1, **given)
    trace = as_row(aha_trace)
    for claim in trace["claims"]:
        claim["evidence"] = HOSTILE
    trace["first_error"]["evidence"] = HOSTILE
    panel = rollout_view([{**row, "trace": trace}], seed=0).panel
    page = Page(panel)
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "\u202e" not in panel
    assert "\x00" not in panel
    assert page.text.count("{{ 7*7 }}") >= 3
    policy = next(a["content"] for tag, a in page.tags if "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert "prefers-color-scheme: dark" in panel


def test_no_more_than_the_limit_and_the_same_each_time(make_rollout: MakeRollout) -> None:
    found = [row for _ in range(30) for row in rows(make_rollout, 8)]
    first, second = rollout_view(found, seed=3), rollout_view(found, seed=3)
    assert first == second
    assert len(first.data) == 32
    assert "32 of 240 rollouts" in first.panel


def test_only_so_many_traces_are_checked(
    make_rollout: MakeRollout, monkeypatch: Any, aha_trace: Trace
) -> None:
    asked: list[object] = []

    def count(row: Any) -> dict[str, Any]:
        asked.append(row)
        return {**row, "trace": as_row(aha_trace)}

    monkeypatch.setattr(module, "with_trace", count)
    rollout_view([row for _ in range(40) for row in rows(make_rollout, 10)], seed=0)
    assert 250 < len(asked) <= module.CHECKED + module.LIMIT
