"""scripts/shake.py: processes that are stopped go on, and the command does not see it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.scripts.conftest import ROOT
from tests.waiting import LIMIT

PARENT = r"""
import subprocess, sys
work = "import time; end = time.monotonic() + 3\nwhile time.monotonic() < end: pass"
child = subprocess.run([sys.executable, "-c", work])
sys.exit(3 + child.returncode)
"""


def test_the_command_goes_on_after_each_stop() -> None:
    shake = [sys.executable, "-m", "scripts.shake", "--still", "0.1", "--every", "1"]
    result = subprocess.run(
        [*shake, "--", sys.executable, "-c", PARENT],
        cwd=ROOT, text=True, stderr=subprocess.PIPE, timeout=LIMIT,
    )  # fmt: skip
    assert result.returncode == 3, result.stderr
    (stops,) = re.findall(r"(\d+) stops", result.stderr)
    assert int(stops) >= 1
    assert "all stand still for 0.1 s" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--every", "0", "--", "true"], "more than 0 for --every"),
        (["--", "no-such-command"], "no-such-command is no command that can be run"),
    ],
)
def test_what_cannot_be_run_is_said(options: list[str], message: str) -> None:
    shake = [sys.executable, "-m", "scripts.shake", *options]
    result = subprocess.run(shake, cwd=ROOT, text=True, stderr=subprocess.PIPE, timeout=LIMIT)
    assert result.returncode == 2
    assert message in result.stderr
