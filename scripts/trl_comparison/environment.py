"""TRL's own virtual environment, made at the first call from requirements/trl.in and trl.txt."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from scripts.uv_env import pip_options, uv_variables

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-trl"
ASKED, PINS = ROOT / "requirements/trl.in", ROOT / "requirements/trl.txt"
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"  # where pip's own settings have no CPU build


def trl_python(given: Path | None) -> Path:
    """The Python with TRL in it: ``given``, or that of an environment that is there or is made now.

    The environment is made anew when the pins have changed, or when its making was cut short.
    Raises ValueError for a ``given`` that is not there.
    """
    if given:
        if not given.is_file():
            raise ValueError(f"there is no Python at {given}; name one that can import trl")
        return given
    python, marker = ENVIRONMENT / "bin/python", ENVIRONMENT / "made-from"
    key = hashlib.sha256(ASKED.read_bytes() + PINS.read_bytes()).hexdigest()
    if not (marker.is_file() and marker.read_text() == key):
        print(f"making {ENVIRONMENT.name} from {PINS.relative_to(ROOT)} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        _install(python)
        marker.write_text(key)
    return python


def _install(python: Path) -> None:
    uv = Path(sys.executable).parent / "uv"
    listing = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    options = pip_options(listing.stdout.splitlines())
    environment = os.environ | uv_variables(options, os.environ)
    install = [uv, "pip", "install", "--quiet", "--python", python]
    (torch,) = [line for line in ASKED.read_text().splitlines() if line.startswith("torch==")]
    alone = [*install, "--no-deps", torch]
    if subprocess.run(alone, env=environment, stderr=subprocess.DEVNULL).returncode:
        index = os.environ.get("TORCH_CPU_INDEX", TORCH_INDEX)
        subprocess.run([*alone, "--default-index", index], env=environment, check=True)
    rest = ["--requirements", ASKED, "--constraints", PINS]
    subprocess.run([*install, *rest], env=environment, check=True)
