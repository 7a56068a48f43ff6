"""Values as scripts: what is read from file://, where ``fetch`` is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def data_script(name: str, value: Any) -> str:
    """``rlvr.put(name, value)`` in plain ASCII, which may stand in a page too.

    ``<`` is escaped so that no text can close the script that it stands in, and what lies beyond
    ASCII (U+2028, lone surrogates) so that no encoding can change it. Raises ``ValueError`` for a
    number that JSON has no place for.
    """
    text = json.dumps([name, value], allow_nan=False, separators=(",", ":"))
    return f"rlvr.put(...{text.replace('<', chr(92) + 'u003c')});\n"


def write_data(folder: Path, name: str, value: Any) -> None:
    """Write ``folder/data/NAME.js``; ``name`` may hold folders."""
    path = folder / "data" / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data_script(name, value), encoding="ascii")
