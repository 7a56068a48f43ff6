"""Seeds that depend on what they are for and on nothing else: not on order, process or batch."""

from __future__ import annotations

import hashlib


def derive_seed(*parts: int | str) -> int:
    """A seed in [0, 2^63) from whole numbers and strings, the same in every process and version.

    The seed of one completion is ``derive_seed(run_seed, step, task.id, completion_index)``: a run
    that is resumed, or batched otherwise, asks the engine for the same draws. Parts are told apart
    by type and length, so ``("ab", "c")``, ``("a", "bc")``, ``(1,)`` and ``("1",)`` all differ.
    Raises ``ValueError`` without parts and for a part of another type (``True`` and 1.0 included).
    """
    if not parts:
        raise ValueError("derive_seed needs at least one part: a whole number or a string")
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        if type(part) is not int and type(part) is not str:
            raise ValueError(f"derive_seed accepts whole numbers and strings; got {part!r}")
        data = str(part).encode("utf-8", "surrogatepass")
        digest.update(b"i" if type(part) is int else b"s")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return int.from_bytes(digest.digest(), "little") >> 1
