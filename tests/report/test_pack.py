from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rlvr.report import pack
from rlvr.report.pack import Packer
from rlvr.report.source import Frame, frame_groups
from rlvr.report.trace_pool import check_traces
from rlvr.trace.whys import WHYS
from tests.report.runs import AHA, RIGHT, WRONG, aha_trace, row, write_rows


def data(folder: Path, name: str) -> Any:
    text = (folder / "data" / f"{name}.js").read_text()
    found, value = json.loads(text.removeprefix("rlvr.put(...").removesuffix(");\n"))
    assert found == name
    return value


def packed(folder: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    path = folder / "rows.jsonl"
    write_rows(path, rows)
    packer = Packer(folder, "a")
    frame = Frame(source="train", step=rows[0]["step"], path=path)
    groups = list(frame_groups(frame))
    check_traces((each for group in groups for each in group), jobs=1)
    packer.add(frame, groups)
    packer.finish({"name": "run"})
    return data(folder, "a/index")


def test_completions_that_are_alike_are_one_variant(tmp_path: Path) -> None:
    rows = [
        row(index=0),
        row(index=1, completion=WRONG, verdict="incorrect"),
        row(index=2),
        row(index=3, finish_reason="length"),
    ]
    index = packed(tmp_path, rows)
    assert (index["sizes"], index["counts"], index["rollouts"]) == ([3], [2, 1, 1], 4)
    assert index["tasks"] == [["train-rational-1", 0, "Solve 1 + y/y = y"]]
    assert data(tmp_path, "a/text-0") == [[RIGHT, WRONG, RIGHT]]
    (group,) = data(tmp_path, "a/detail-0")
    assert [variant["places"] for variant in group["variants"]] == [[0, 2], [1], [3]]
    assert group["expected"] == "{3}"


def test_bits_hold_verdict_whys_and_habits(tmp_path: Path) -> None:
    rows = [
        row(index=0, completion=AHA, trace=aha_trace()),
        row(index=1, completion=WRONG, verdict="incorrect"),
    ]
    index = packed(tmp_path, rows)
    aha, wrong = index["bits"]
    assert [index["verdicts"][bits & 3] for bits in (aha, wrong)] == ["correct", "incorrect"]
    names = [{why for i, why in enumerate(WHYS) if bits >> 2 + i & 1} for bits in (aha, wrong)]
    assert [each - {"random"} for each in names] == [{"aha", "corrected", "best"}, {"worst"}]
    assert [bits >> 2 + len(WHYS) for bits in (aha, wrong)] == [1, 0]
    assert index["habits"] == ["domain_stated", "factoring"]
    variant = data(tmp_path, "a/detail-0")[0]["variants"][0]
    assert (variant["turns"], variant["error"]["line"]) == (["aha", "corrected"], 0)


def test_chunks_hold_whole_groups(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(pack, "CHUNK_ROLLOUTS", 3)
    rows = [row(index=i, task=f"train-linear-{task}") for task in range(5) for i in range(2)]
    index = packed(tmp_path, rows)
    assert index["chunks"] == [2, 2, 1]
    assert [len(data(tmp_path, f"a/text-{i}")) for i in range(3)] == [2, 2, 1]
    assert not (tmp_path / "data/a/text-3.js").exists()
