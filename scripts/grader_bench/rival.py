"""Math-Verify 0.9.0 in an environment and a process of its own, asked over JSON lines."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .child import Child, Reply

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-math-verify"
DISTRIBUTION = "math-verify[antlr4_13_2]==0.9.0"
CHILD = Path(__file__).with_name("rival_child.py")
PATIENCE = 30.0  # seconds; its own two limits are 5 each


@dataclass(frozen=True, slots=True)
class Opinion:
    """``error`` is an exception, ``hang`` or ``crash``; ``cpu_ms`` is processor time."""

    accepted: bool
    cpu_ms: float
    error: str | None


def rival_python(given: str | None) -> str:
    """The Python with Math-Verify in it; made at the first call, unless one is given."""
    if given:
        return given
    python = ENVIRONMENT / "bin/python"
    marker = ENVIRONMENT / "installed"
    if not marker.exists():
        print(f"making {ENVIRONMENT.name} with {DISTRIBUTION}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", DISTRIBUTION], check=True)
        marker.touch()
    return str(python)


class Rival:
    """One process of Math-Verify; one that hangs or dies is replaced by the next question."""

    def __init__(self, python: str, patience: float = PATIENCE) -> None:
        self._child = Child([python, str(CHILD)], patience)

    def close(self) -> None:
        """Ends the process."""
        self._child.close()

    def ask(self, gold: str, answer: str, thread: bool = False) -> Opinion:
        """Its opinion on one answer; ``thread`` asks off its main thread."""
        reply = self.reply(gold, answer, thread)
        if reply.text is None:
            return Opinion(False, reply.seconds * 1000, reply.end)
        fields = json.loads(reply.text)
        return Opinion(fields["accepted"], fields["cpu_ms"], fields["error"])

    def reply(self, gold: str, answer: str, thread: bool = False) -> Reply:
        return self._child.ask(json.dumps({"gold": gold, "answer": answer, "thread": thread}))
