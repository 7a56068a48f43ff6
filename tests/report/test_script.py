from __future__ import annotations

import json
from pathlib import Path

import pytest

from rlvr.report.script import data_script, write_data

HOSTILE = "</script><!--<script>\u2028\u2029\ud800\x00\"'\\"


def test_the_script_is_ascii_without_a_less_than_and_says_the_same() -> None:
    text = data_script("a/index", {HOSTILE: [HOSTILE, 1.5, None]})
    assert text.isascii()
    assert "<" not in text
    inside = text.removeprefix("rlvr.put(...").removesuffix(");\n")
    assert json.loads(inside) == ["a/index", {HOSTILE: [HOSTILE, 1.5, None]}]


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        data_script("x", float("nan"))


def test_names_may_hold_folders(tmp_path: Path) -> None:
    write_data(tmp_path, "a/text-0", [])
    assert (tmp_path / "data" / "a" / "text-0.js").read_text() == 'rlvr.put(...["a/text-0",[]]);\n'
