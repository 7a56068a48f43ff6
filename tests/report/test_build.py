from __future__ import annotations

import re
from pathlib import Path

import pytest

from rlvr.report import build
from rlvr.report.build import build_report
from rlvr.report.source import Frame, read_frames, read_metrics
from tests.report.runs import write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "runs" / "tiny", steps=4)


def test_a_report_is_replaced_whole(run: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "report"
    page = build_report([run], output, jobs=1)
    assert page == output / "index.html"
    (output / "data" / "stale.js").touch()
    assert build_report([run], output, jobs=1) == page
    assert not (output / "data" / "stale.js").exists()
    assert [path.name for path in output.parent.iterdir()] == ["report"]


def test_an_interrupted_build_leaves_the_old_report(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "report"
    build_report([run], output, jobs=1)
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "_write_pages", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build_report([run], output, jobs=1)
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "runs"]


def test_what_is_no_report_is_left_alone(run: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    for output in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(ValueError, match=r"is a file|holds something that is no report"):
            build_report([run], output)
    with pytest.raises(ValueError, match="no run folder"):
        build_report([tmp_path / "nowhere"], tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_the_page_has_no_inline_script_or_style(run: Path, tmp_path: Path) -> None:
    page = build_report([run], tmp_path / "report", jobs=1).read_text()
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert [source for source in sources if not (tmp_path / "report" / source).exists()] == [
        "data:,"
    ]
    reads_markup = re.compile(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(")
    for file in (tmp_path / "report").glob("*.js"):
        if file.name != "plotly.min.js":
            assert not reads_markup.search(file.read_text()), file.name


def test_frames_in_the_order_of_training(run: Path) -> None:
    first = (run / "rollouts" / "step-000001.jsonl").read_text()
    (run / "eval").mkdir()
    (run / "eval" / "before.jsonl").write_text(first.replace('"step": 1', '"step": 0'))
    (run / "eval" / "after.jsonl").write_text("")
    frames = [(frame.source, frame.step) for frame in read_frames(run)]
    expected = [("eval", 0), *(("train", step) for step in (1, 2, 3, 4)), ("probe", 4)]
    assert frames == expected
    assert isinstance(read_frames(run)[0], Frame)


def test_metrics_and_timings(run: Path) -> None:
    assert len(read_metrics(run)) == 4
    (run / "timings.jsonl").write_text('{"step": 1, "time/step": 2.0}\n')
    assert read_metrics(run)[-1] == {"step": 1, "time/step": 2.0}
