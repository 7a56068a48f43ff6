"""Section (f): answers that attack, each graded in a child process that is watched from outside."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from .attacks import attacks
from .child import Child
from .report import Section, Target, shown
from .rival import Rival

OWN_CHILD = Path(__file__).with_name("own_child.py")
EQUATION, GOLD = "6 - (6+x)/x = x", r"\{2, 3\}"
PATIENCE = 30.0  # seconds before a silent child counts as hanging
MAX_SECONDS, MAX_MB = 1.0, 256.0


def hostile(rival_python: str | None) -> Section:
    """Each answer bare and as the box of a completion; the rival gets the box."""
    section = Section(
        "f",
        "Hostile answers, in child processes",
        ("kind", "answers", "hangs", "crashes", "wrong accepts", "worst s", "memory MB"),
    )
    ours = _Tally()
    child = Child([sys.executable, str(OWN_CHILD)], PATIENCE)
    theirs = _Tally()
    rival = Rival(rival_python, PATIENCE) if rival_python else None
    try:
        for kind, text in attacks():
            for completion in (False, True):
                answer = f"So \\boxed{{{text}}}" if completion else text
                ours.add(kind, text, _ask_ours(child, answer, completion))
            if rival is not None:
                theirs.add(kind, text, _ask_rival(rival, text))
    finally:
        child.close()
        if rival is not None:
            rival.close()
    section.rows += ours.rows("")
    if rival is not None:
        section.rows += theirs.rows("Math-Verify, ")[-1:]
    total = ours.total
    section.targets = [
        Target(f"{what}: {total[what]}; 0", total[what] == 0)
        for what in ("hang", "crash", "wrong accept")
    ]
    section.targets += [
        Target(f"worst wall time {ours.seconds:.2f} s; at most 1 s", ours.seconds <= MAX_SECONDS),
        Target(f"largest memory {ours.memory:.0f} MB; at most 256 MB", ours.memory <= MAX_MB),
    ]
    section.notes = [*ours.examples[:8], *(f"Math-Verify: {note}" for note in theirs.examples[:8])]
    section.figures = {"ours": ours.figures(), "rival": theirs.figures() if rival else None}
    return section


def _ask_ours(child: Child, answer: str, completion: bool) -> tuple[str, float, float]:
    """How it ended (``ok`` or a fault), seconds, and the memory of the process so far."""
    request = {"equation": EQUATION, "answer": answer, "completion": completion}
    reply = child.ask(json.dumps(request))
    if reply.text is None:
        return reply.end or "crash", reply.seconds, reply.memory_mb
    fields = json.loads(reply.text)
    ends = {"raised": "crash", "correct": "wrong accept", "undecided": "undecided"}
    return ends.get(fields["verdict"], "ok"), fields["ms"] / 1000, reply.memory_mb


def _ask_rival(rival: Rival, answer: str) -> tuple[str, float, float]:
    reply = rival.reply(GOLD, answer)
    if reply.text is None:
        return reply.end or "crash", reply.seconds, reply.memory_mb
    fields = json.loads(reply.text)
    end = "wrong accept" if fields["accepted"] else "crash" if fields["error"] else "ok"
    return end, fields["ms"] / 1000, reply.memory_mb


class _Tally:
    """Ends, the worst time and the largest memory, by kind."""

    def __init__(self) -> None:
        self.kinds: dict[str, Counter[str]] = {}
        self.worst: dict[str, tuple[float, float]] = {}
        self.examples: list[str] = []

    def add(self, kind: str, text: str, outcome: tuple[str, float, float]) -> None:
        end, seconds, memory = outcome
        self.kinds.setdefault(kind, Counter()).update(("all", end))
        before = self.worst.get(kind, (0.0, 0.0))
        self.worst[kind] = (max(before[0], seconds), max(before[1], memory))
        if end != "ok" or seconds > MAX_SECONDS:
            self.examples.append(f"{end} after {seconds:.2f} s: {shown(text, 40)}")

    @property
    def total(self) -> Counter[str]:
        return sum(self.kinds.values(), Counter())

    @property
    def seconds(self) -> float:
        return max(seconds for seconds, _ in self.worst.values())

    @property
    def memory(self) -> float:
        return max(memory for _, memory in self.worst.values())

    def rows(self, prefix: str) -> list[tuple[object, ...]]:
        lines = [(kind, self.kinds[kind], *self.worst[kind]) for kind in self.kinds]
        lines.append(("all", self.total, self.seconds, self.memory))
        return [
            (prefix + kind, ends["all"], ends["hang"], ends["crash"], ends["wrong accept"],
             f"{seconds:.2f}", f"{memory:.0f}")
            for kind, ends, seconds, memory in lines
        ]  # fmt: skip

    def figures(self) -> dict[str, object]:
        return {**self.total, "worst_s": self.seconds, "memory_mb": self.memory}
