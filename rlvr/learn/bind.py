"""From a section of the configuration to the function that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from rlvr.config_base import Section

T = TypeVar("T")


def bind(table: Mapping[str, Callable[..., T]], section: Section) -> Callable[..., T]:
    """The function of the section's ``kind``, its keyword arguments set to the section's keys."""
    arguments = section.model_dump()
    return partial(table[arguments.pop("kind")], **arguments)
