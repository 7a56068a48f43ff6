"""pip's settings as uv's: reads `pip config list`, prints `export` lines for a shell.

uv reads none of pip's configuration. Where pip has been told of a mirror, a folder of wheels or a
certificate, uv has to be told too, or the same machine installs with one and fails with the other.

    python -m pip config list | python scripts/uv_env.py cpu|cuda
"""

from __future__ import annotations

import ast
import os
import shlex
import sys
from collections.abc import Iterable, Mapping

# pip's option -> uv's variable, and what uv wants between several values.
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "proxy": ("ALL_PROXY", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
SECTIONS = ("global", "install", ":env:")  # as pip does: the later one wins


def pip_options(listing: Iterable[str]) -> dict[str, str]:
    """The lines of `pip config list` (``section.option='value'``) as options, the winners only."""
    by_section: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing:
        key, separator, value = line.strip().partition("=")
        section, _, option = key.partition(".")
        if separator and section in by_section:
            by_section[section][option] = str(ast.literal_eval(value))
    merged: dict[str, str] = {}
    for section in SECTIONS:
        merged |= by_section[section]
    return merged


def uv_variables(options: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """uv's variables for pip's ``options``; what ``environment`` sets already is left alone."""
    variables: dict[str, str] = {}
    for option, (variable, between) in VARIABLES.items():
        values = options.get(option, "").split()
        if values:
            variables[variable] = between.join(values)
    if "UV_INDEX" in variables:
        # pip takes the best version of all indexes; uv by default the first index with the name.
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in variables.items() if name not in environment}


def main(accelerator: str) -> None:
    options = pip_options(sys.stdin)
    if accelerator == "cuda":
        # The folder may hold torch's CPU build, and "==2.13.0" matches 2.13.0+cpu before 2.13.0.
        options.pop("find-links", None)
    for name, value in uv_variables(options, os.environ).items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
