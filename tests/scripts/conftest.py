"""A throw-away checkout whose Python and uv are stubs: the shell scripts run, nothing installs."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.waiting import LIMIT

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Checkout:
    """``path`` holds the real scripts; ``commands()`` is what the stubs were asked since the last
    call, without the questions for a version."""

    path: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    def popen(self, script: str, *arguments: str, cwd: Path | None = None, **variables: str):
        return subprocess.Popen(
            ["bash", str(self.path / script), *arguments],
            cwd=cwd or self.path,
            env=self.environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, script: str, *arguments: str, cwd: Path | None = None, **variables: str):
        process = self.popen(script, *arguments, cwd=cwd, **variables)
        stdout, stderr = process.communicate(timeout=LIMIT)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def commands(self) -> list[str]:
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return [line.replace(f"{self.path}/", "") for line in lines if " -c import sys" not in line]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    path = tmp_path / "a checkout"
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, path / name)
    shutil.copy(ROOT / "pyproject.toml", path)
    log = tmp_path / "log"
    log.touch()
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("RLVR_", "PYTHON"))
    }
    return Checkout(
        path=path,
        log=log,
        environment=inherited
        | {
            "PATH": f"{ROOT / 'tests/scripts/stubs'}:{os.environ['PATH']}",
            "RLVR_ACCELERATOR": "cpu",
            "RLVR_CHROMIUM": "/usr/bin/true",  # or a test would install one
            "STUB_LOG": str(log),
        },
    )
