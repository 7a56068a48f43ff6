"""When something that is done every so many steps is done."""

from __future__ import annotations


def is_due(step: int, every: int, last: int) -> bool:
    """At step 0, then every ``every`` steps, and at the last one."""
    return step % every == 0 or step == last
