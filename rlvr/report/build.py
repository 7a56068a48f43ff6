"""Builds a report: reads runs, checks traces, writes data, pages and the plotting library."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rlvr.progress import Progress
from rlvr.report.curves import curve_panels
from rlvr.report.habits import SHARES, HabitTable
from rlvr.report.pack import Packer
from rlvr.report.script import write_data
from rlvr.report.source import Frame, frame_groups, read_frames, read_metrics
from rlvr.report.trace_pool import check_traces

KEYS = "ab"
_MARKER = ".rlvr-report"  # a folder with this file is ours to replace


def build_report(runs: Sequence[Path], output: Path, jobs: int | None = None) -> Path:
    """The pages of one run, or of two side by side, in the folder ``output``; returns its page.

    An older report there is replaced at the very end, so that one that is interrupted leaves the
    old one whole. Raises ``ValueError`` for a folder that is no run, and for an ``output`` that
    holds anything but a report.
    """
    assert 1 <= len(runs) <= len(KEYS)
    frames = [read_frames(run) for run in runs]
    _check_output(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as scratch:
        folder = Path(scratch) / "report"
        folder.mkdir()
        (folder / _MARKER).touch()
        for key, run, run_frames in zip(KEYS, runs, frames, strict=False):
            _write_run(folder, key, run, run_frames, jobs)
        _write_pages(folder, [_name(run) for run in runs])
        _replace(output, folder, Path(scratch) / "old")
    return output / "index.html"


def _write_run(
    folder: Path, key: str, run: Path, frames: Sequence[Frame], jobs: int | None
) -> None:
    packer, habits = Packer(folder, key), HabitTable()
    with Progress(f"reading {_name(run)}", len(frames)) as progress:
        frame_rows = []
        for frame in frames:
            frame_rows.append(list(frame_groups(frame)))
            progress.advance()
    check_traces((row for groups in frame_rows for group in groups for row in group), jobs)
    with Progress(f"writing {_name(run)}", len(frames)) as progress:
        for frame, groups in zip(frames, frame_rows, strict=True):
            packer.add(frame, groups)
            habits.add(frame.source, frame.step, [row for group in groups for row in group])
            progress.advance()
    packer.finish({"name": _name(run)})
    rows = read_metrics(run)
    curves = {"panels": curve_panels(rows), "habits": habits.as_data(), "shares": SHARES}
    write_data(folder, f"{key}/curves", curves)


def _name(run: Path) -> str:
    return run.resolve().name


def _write_pages(folder: Path, names: Sequence[str]) -> None:
    library = _plotly()
    shutil.copyfile(library, folder / "plotly.min.js")
    static = resources.files("rlvr.report") / "static"
    for file in static.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    pages = Environment(
        loader=PackageLoader("rlvr.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = pages.get_template("index.html.j2").render(
        names=names, keys=KEYS[: len(names)], injected_styles=_injected_styles(library)
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def _plotly() -> Path:
    """The library as its distribution brings it."""
    file = resources.files("plotly") / "package_data" / "plotly.min.js"
    assert isinstance(file, Path), "plotly is installed in an archive"
    return file


def _injected_styles(library: Path) -> list[str]:
    """Ids of style elements that the library adds unless the page has an element so called.

    They are those of its maps, which no page of ours draws, and the page's policy refuses them.
    """
    text = library.read_text(encoding="utf-8")
    return sorted(set(re.findall(r'getElementById\("([0-9a-f]{64})"\)', text)))


def _check_output(output: Path) -> None:
    if output.exists() and not (output / _MARKER).exists():
        if not output.is_dir():
            raise ValueError(f"{output} is a file; --html takes a folder")
        if any(output.iterdir()):
            raise ValueError(
                f"{output} holds something that is no report; "
                "name a folder that is new, empty, or an older report"
            )


def _replace(output: Path, folder: Path, old: Path) -> None:
    if output.exists():
        output.rename(old)
    folder.rename(output)
