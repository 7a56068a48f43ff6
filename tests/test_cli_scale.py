"""``rlvr scale``, and docs/scale.md, whose tables are its output."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from rich.console import Console
from typer.testing import CliRunner

from rlvr import cli_scale
from rlvr.cli import app
from rlvr.scale.measured import to_json
from rlvr.scale.table import COLUMNS, seconds
from tests.scale.test_measured import MACHINE, POINTS

DOCS = Path(__file__).parent.parent / "docs/scale.md"
TABLES = re.findall(r"<!-- rlvr scale (.*?) -->\n(.*?)<!-- end -->", DOCS.read_text("utf-8"), re.S)


def run(*arguments: str) -> str:
    with patch.object(cli_scale, "console", Console(width=200)):
        result = CliRunner().invoke(app, ["scale", *arguments])
    if result.exception:
        raise result.exception
    return result.output


@pytest.mark.parametrize(("arguments", "table"), TABLES)
def test_the_tables_of_the_docs_are_what_the_command_prints(arguments: str, table: str) -> None:
    assert run(*arguments.split()) == table


def test_the_docs_have_tables() -> None:
    assert len(TABLES) >= 2
    assert "qwen2.5-72b | 1,024" in TABLES[0][1]


def test_a_table_for_a_person() -> None:
    output = run("--model", "qwen2.5-7b", "--gpus", "64", "--hardware", "h200")
    assert "H200 SXM: 512 x 16 completions of 2,048 tokens (at most 8,192)" in output
    assert "does not fit" not in output
    for name in COLUMNS:
        assert name in output


def test_measured_overheads_are_used(tmp_path: Path) -> None:
    """On a machine with a decode step of half a second, generation takes an hour."""
    path = tmp_path / "bench.json"
    path.write_text(json.dumps({"date": "today", **to_json(MACHINE, POINTS)}))
    arguments = ("--model", "qwen2.5-1.5b", "--gpus", "1024", "--markdown")
    assumed, found = run(*arguments), run(*arguments, "--measured", str(path))
    column = COLUMNS.index("generate s")
    times = [
        float(text.splitlines()[2].split("|")[1 + column].replace(",", ""))
        for text in (assumed, found)
    ]
    assert times[0] < 100
    assert times[1] > 0.5 * 8_000


def test_a_file_without_bfloat16_is_compared_before_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    points = [replace(point, dtype="float32") for point in POINTS]
    path.write_text(json.dumps({"date": "today", **to_json(MACHINE, points)}))
    with patch.object(cli_scale, "console", Console(width=200)):
        result = CliRunner().invoke(app, ["scale", "--measured", str(path)])
    assert "the model against measured parts" in result.output
    assert "no training in bfloat16 was measured" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "gpt"), "accepted are qwen2.5-0.5b"),
        (("--hardware", "tpu"), "accepted are h100"),
        (("--gpus", "9"), "multiples of 8"),
        (("--mean", "9000"), "the mean length is 9000"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        run(*arguments)


@pytest.mark.parametrize(("value", "text"), [(1_234.4, "1,234"), (12.34, "12.3"), (0.126, "0.13")])
def test_seconds_have_three_figures(value: float, text: str) -> None:
    assert seconds(value) == text
