"""A headless Chromium for the pages; tests that need it are skipped where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import LIMIT

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("RLVR_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")  # not longer: its event loop runs in the main thread
def chromium() -> Iterator[Any]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium found: RLVR_CHROMIUM may name one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=list(FLAGS), timeout=1000 * LIMIT
        )
        yield browser
        browser.close()


class Visit:
    """A page of the browser, with all that it must not do written down."""

    def __init__(self, context: Any, index: Path) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(1000 * LIMIT)
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self._console(message))
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self._dialog(dialog))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.add_init_script(
            "window.violations = []; addEventListener('securitypolicyviolation', (event) => "
            "violations.push(`${event.violatedDirective} ${event.blockedURI}`));"
        )
        self.index = index.resolve().as_uri()

    def go(self, address: str = "") -> Any:
        self.page.goto("about:blank")
        self.page.goto(self.index + address)
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def wait_until(self, condition: str) -> None:
        """Until a JavaScript expression holds. Playwright's own way needs ``eval`` in the page."""
        for _ in range(600):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"never came true: {condition}")

    def all_faults(self) -> list[str]:
        outside = [url for url in self.requests if not url.startswith(("file:", "about:", "data:"))]
        return [*self.faults, *self.page.evaluate("window.violations ?? []"), *outside]

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()
