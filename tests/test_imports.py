"""The floors of the project, kept by reading every import: they run downwards only.

A new file goes into ``FLOORS``, by name or by its folder. Modules of one room may import each
other; two rooms of one floor may not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Low to high. A floor is a list of rooms; a room is modules, and "a.*" is a with all below it.
FLOORS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("the grader", (("verifiers.*",),)),
    ("helpers that know nothing of training", (
        # Folders whose own files stand on several floors hold nothing themselves.
        ("rlvr",), ("rlvr.learn",),
        ("rlvr.durable",), ("rlvr.interrupt",), ("rlvr.memory", "rlvr.processes"),
        ("rlvr.importing",), ("rlvr.progress",),
        ("rlvr.resources",), ("rlvr.schedule",), ("rlvr.seeding",), ("rlvr.timing",),
        ("rlvr.torchrun",), ("rlvr.wilson",),
    )),
    ("configuration and records", (
        (
            "rlvr.config", "rlvr.config_base", "rlvr.config_data", "rlvr.config_keys",
            "rlvr.config_learn",
            "rlvr.config_load", "rlvr.config_lora", "rlvr.config_rollout", "rlvr.config_sampling",
            "rlvr.config_server",
        ),
        ("rlvr.types",),
    )),
    ("problems, prompts, rewards (no torch)", (
        ("rlvr.data.*",), ("rlvr.prompt",), ("rlvr.reward",), ("rlvr.learn.advantages.*",),
        ("rlvr.learn.bind",), ("rlvr.learn.mini_batches",), ("rlvr.learn.balance",),
        ("rlvr.estimate", "rlvr.model_sizes", "rlvr.room"), ("rlvr.folder",), ("rlvr.quiet",),
    )),
    ("tensors (torch)", (
        ("rlvr.learn.tree", "rlvr.learn.rows", "rlvr.learn.batch"), ("rlvr.learn.attention",),
        ("rlvr.learn.loss",), ("rlvr.learn.logprobs",), ("rlvr.learn.devices",),
        ("rlvr.learn.lora",),
        (
            "rlvr.learn.surrogates.*", "rlvr.learn.gaps.*", "rlvr.learn.aggregation",
            "rlvr.learn.segments", "rlvr.learn.kl", "rlvr.learn.value",
        ),
        (
            "rlvr.learn.ranks", "rlvr.learn.process_group", "rlvr.learn.optimizer", "rlvr.telling",
        ),
        ("rlvr.rng",), ("rlvr.newborn",),
    )),
    ("models, engines, traces", (
        (
            "rlvr.learn.policy", "rlvr.learn.packing_check", "rlvr.learn.pretrained",
            "rlvr.learn.sharded", "rlvr.learn.spread",
        ),
        ("rlvr.learn.share",),
        ("rlvr.rollout.*",), ("rlvr.trace.*",), ("rlvr.checkpoint",),
    )),
    ("scored groups, the composed loss, the report, diagnoses", (
        ("rlvr.rollouts",), ("rlvr.learn.credit",), ("rlvr.learn.critic", "rlvr.learn.snapshot"),
        ("rlvr.learn.objective", "rlvr.learn.step_metrics"), ("rlvr.report.*",),
        ("rlvr.diagnose.*",), ("rlvr.scale.*",),
    )),
    ("training and evaluation", (
        ("rlvr.learn.trainer",), ("rlvr.learn.learner",), ("rlvr.learn.shards",),
        ("rlvr.learn.sft",), ("rlvr.evaluate",),
        ("rlvr.metrics",),
        ("rlvr.model_files",), ("rlvr.closing",),
        ("rlvr.probe",), ("rlvr.collect",),
    )),
    ("the loop, evaluation of any model", (
        ("rlvr.loop", "rlvr.batches", "rlvr.batch_state"), ("rlvr.evals.*",), ("rlvr.led.*",),
    )),
    ("the job around it", (("rlvr.stages.*", "rlvr.run"),)),
    ("the command line", ((
        "rlvr.cli", "rlvr.cli_traces", "rlvr.cli_sync", "rlvr.cli_diagnose", "rlvr.cli_eval",
        "rlvr.cli_scale",
        "rlvr.__main__",
    ),)),
)  # fmt: skip
NO_TORCH_BELOW = 4

# Names that turn text into code or into an expression by evaluating it.
EVALUATORS = {"eval", "exec", "sympify", "parse_expr", "parse_latex", "S"}
VLLM = {
    "rlvr.rollout.vllm", "rlvr.rollout.heads", "rlvr.rollout.shared_memory",
    "rlvr.rollout.server.nccl", "rlvr.rollout.server.serve", "rlvr.rollout.server.worker",
}  # fmt: skip
# Verdicts; checked traces.
GRADING = {"rlvr.reward", "rlvr.data.grading", "rlvr.evals.judge", "rlvr.trace.traced"}
RECORDS = {"Ask", "Decision", "Domain", "Habits", "Problem", "Reason", "Verdict"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """``target`` is a dotted name, a module or something in it; ``typing_only`` never runs."""

    target: str
    line: int
    typing_only: bool


def imports(source: str, module: str, is_package: bool = False) -> list[Import]:
    """Every import in ``source``, those in functions too; relative ones as absolute names."""
    found: list[Import] = []

    def visit(node: ast.AST, typing_only: bool) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for statement in node.body:
                visit(statement, True)
            for statement in node.orelse:
                visit(statement, typing_only)
            return
        for target in _targets(node, module, is_package):
            line = getattr(node, "lineno", 0)
            found.append(Import(target=target, line=line, typing_only=typing_only))
        for child in ast.iter_child_nodes(node):
            visit(child, typing_only)

    visit(ast.parse(source), False)
    return found


def _targets(node: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parents = module.split(".")[: -node.level + is_package or None]
            base = ".".join([*parents, *([base] if base else [])])
        yield from (f"{base}.{alias.name}" for alias in node.names)


def place(module: str) -> tuple[int, int] | None:
    """The floor and the room of a module; the most exact entry of ``FLOORS`` wins."""
    best: tuple[int, tuple[int, int]] | None = None
    for floor, (_, rooms) in enumerate(FLOORS):
        for room, patterns in enumerate(rooms):
            for pattern in patterns:
                folder = pattern.removesuffix(".*")
                inside = pattern.endswith(".*") and module.startswith(f"{folder}.")
                fits = module == folder or inside
                if fits and (best is None or len(pattern) > best[0]):
                    best = (len(pattern), (floor, room))
    return best[1] if best else None


def modules() -> dict[str, Path]:
    """Our modules, by dotted name."""
    files = [*ROOT.glob("rlvr/**/*.py"), *ROOT.glob("verifiers/**/*.py")]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


MODULES = modules()


@cache
def imports_of(module: str) -> list[Import]:
    file = MODULES[module]
    return imports(file.read_text("utf-8"), module, is_package=file.name == "__init__.py")


def own_module(target: str, known: dict[str, Path]) -> str | None:
    """The module of ours that ``target`` names or lies in; ``None`` for other people's."""
    while target and target not in known:
        target = target.rpartition(".")[0]
    return target or None


def upward(module: str, imported: str) -> str | None:
    """What is wrong with ``module`` importing ``imported``; ``None`` where it may."""
    here, there = place(module), place(imported)
    assert here is not None
    assert there is not None
    if there[0] < here[0] or there == here:
        return None
    how = "beside" if there[0] == here[0] else "above"
    return (
        f"{module} (floor {here[0]}, {FLOORS[here[0]][0]}) imports {imported}, which is {how} it"
        f" (floor {there[0]}, {FLOORS[there[0]][0]})"
    )


@pytest.mark.parametrize("module", MODULES)
def test_every_file_has_a_floor(module: str) -> None:
    assert place(module) is not None, (
        f"{module} has no floor: add it to FLOORS in tests/test_imports.py, on the lowest floor"
        " that is above all it imports"
    )


@pytest.mark.parametrize("module", [module for module in MODULES if place(module)])
def test_imports_run_downwards(module: str) -> None:
    wrong = [
        f"line {found.line}: {problem}"
        for found in imports_of(module)
        if (imported := own_module(found.target, MODULES)) and place(imported)
        if (problem := upward(module, imported))
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_rollout_and_learn_do_not_know_each_other(module: str) -> None:
    other = {"rlvr.rollout": "rlvr.learn", "rlvr.learn": "rlvr.rollout"}
    foreign = other.get(".".join(module.split(".")[:2]), "nothing")
    assert not [i for i in imports_of(module) if f"{i.target}.".startswith(f"{foreign}.")]


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_have_one_home(module: str) -> None:
    """wandb in rlvr.trace, vllm in few files, peft in one, torch on its floor and above.

    accelerate, which peft asks for, has none.
    """
    floor = (place(module) or (len(FLOORS), 0))[0]
    allowed = {
        "wandb": module.startswith("rlvr.trace"),
        "vllm": module in VLLM,
        "peft": module == "rlvr.learn.lora",
        "accelerate": False,
        "torch": floor >= NO_TORCH_BELOW,
    }
    used = {i.target.partition(".")[0]: i.line for i in imports_of(module) if not i.typing_only}
    assert {name: line for name, line in used.items() if not allowed.get(name, True)} == {}


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("verifiers")])
def test_the_grader_stands_alone(module: str) -> None:
    used = {found.target.partition(".")[0] for found in imports_of(module)}
    assert used & {"rlvr", "torch", "transformers", "datasets", "pydantic", "numpy"} == set()


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("rlvr")])
def test_only_the_reward_asks_the_grader(module: str) -> None:
    if module in GRADING:
        return
    used = [i for i in imports_of(module) if i.target.partition(".")[0] == "verifiers"]
    assert [i for i in used if i.target.rpartition(".")[2] not in RECORDS] == [], (
        f"only {sorted(GRADING)} ask the grader; others may import {sorted(RECORDS)}"
    )


def evaluator_calls(source: str) -> list[str]:
    """Calls in ``source`` of what evaluates text, as ``line: call``."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        f"{call.lineno}: {ast.unparse(call)}"
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", None)) in EVALUATORS
    ]


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("verifiers")])
def test_the_grader_evaluates_no_text(module: str) -> None:
    assert evaluator_calls(MODULES[module].read_text("utf-8")) == []


# The reading itself, on sources made for it: the tests above must be able to fail.


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("import rlvr.loop", "rlvr.loop"),
        ("from rlvr import loop", "rlvr.loop"),
        ("def f():\n    from rlvr.loop import run", "rlvr.loop.run"),
        ("from ..loop import run", "rlvr.loop.run"),
        ("from . import loss", "rlvr.learn.loss"),
    ],
)
def test_every_way_to_import_is_seen(source: str, target: str) -> None:
    assert [found.target for found in imports(source, "rlvr.learn.batch")] == [target]


def test_relative_import_of_a_package() -> None:
    found = imports("from .ast import Num", "verifiers.syntax", is_package=True)
    assert [i.target for i in found] == ["verifiers.syntax.ast.Num"]


def test_imports_for_types_are_told_apart() -> None:
    source = "if TYPE_CHECKING:\n    import torch\nelse:\n    import vllm"
    found = imports(source, "rlvr.types")
    assert [(i.target, i.typing_only) for i in found] == [("torch", True), ("vllm", False)]


def test_up_and_sideways_are_refused_and_down_is_not() -> None:
    assert "above it" in str(upward("rlvr.learn.loss", "rlvr.learn.trainer"))
    assert "beside it" in str(upward("rlvr.rollout.vllm", "rlvr.trace.tracer"))
    assert upward("rlvr.loop", "rlvr.learn.trainer") is None
    assert upward("rlvr.data.build", "rlvr.data.families.linear") is None


def test_a_file_nobody_placed_has_no_floor() -> None:
    assert place("rlvr.something_new") is None
    assert place("rlvr.learn.something_new") is None


@pytest.mark.parametrize(
    "call", ["eval(t)", "sympy.sympify(t)", "parse_expr(t)", "sp.S(t)", "builtins.exec(t)"]
)
def test_calls_that_evaluate_text_are_seen(call: str) -> None:
    assert evaluator_calls(f"x = 1\ny = {call}") == [f"2: {call}"]
