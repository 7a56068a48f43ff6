"""scripts/uv_env.py: pip's settings reach uv."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scripts.uv_env import pip_options, uv_variables
from tests.scripts.conftest import ROOT

LISTING = """\
:env:.find-links='/wheels /more'
global.find-links='/elsewhere'
global.extra-index-url='file:///a\\nfile:///b'
install.index-url='https://mirror.example/simple'
download.no-index='true'
global.timeout='60'
"""


def test_the_environment_wins_over_the_files() -> None:
    assert pip_options(LISTING.splitlines())["find-links"] == "/wheels /more"


def test_other_commands_settings_do_not_count() -> None:
    assert "no-index" not in pip_options(LISTING.splitlines())


def test_each_setting_in_the_form_that_uv_wants() -> None:
    assert uv_variables(pip_options(LISTING.splitlines()), {}) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "file:///a file:///b",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_HTTP_TIMEOUT": "60",
    }


def test_what_is_set_for_uv_already_is_left_alone() -> None:
    variables = uv_variables({"cert": "/pip.pem", "find-links": "/w"}, {"SSL_CERT_FILE": "/mine"})
    assert variables == {"UV_FIND_LINKS": "/w"}


def test_without_settings_nothing_is_exported() -> None:
    assert uv_variables(pip_options([]), {}) == {}


@pytest.mark.parametrize(("accelerator", "links"), [("cpu", "/it's;here"), ("cuda", "none")])
def test_a_shell_can_read_what_is_printed(accelerator: str, links: str) -> None:
    read = f'eval "$("$0" scripts/uv_env.py {accelerator})"'
    script = f'{read}; printf %s "${{UV_FIND_LINKS:-none}}"'
    result = subprocess.run(
        ["bash", "-c", script, sys.executable],
        input="global.find-links='/it\\'s;here'\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("UV_")},
    )
    assert result.stdout == links
