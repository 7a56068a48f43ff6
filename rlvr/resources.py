"""Files that travel with the package: the prompt templates of ``prompts/``."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

SLOT = "{problem}"


def prompt_names() -> list[str]:
    """The templates there are, by name (a file of ``prompts/`` without its ending), sorted."""
    return sorted(
        file.name.removesuffix(".txt")
        for file in _prompts().iterdir()
        if file.name.endswith(".txt")
    )


def prompt_template(name: str) -> str:
    r"""The text of a template, with ``{problem}`` once, where the problem goes.

    Fill it with ``str.replace``, not ``str.format``: the texts hold other braces, as ``\boxed{}``.
    Raises ``ValueError`` for a name that is not among ``prompt_names()``.
    """
    if name not in prompt_names():
        raise ValueError(f"no prompt template {name!r}; accepted: {', '.join(prompt_names())}")
    return (_prompts() / f"{name}.txt").read_text("utf-8").removesuffix("\n")


def _prompts() -> Traversable:
    # The wheel carries the folder inside the package; in a checkout it lies beside it.
    packaged = resources.files("rlvr") / "prompts"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "prompts"
