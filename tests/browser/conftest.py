"""One Chromium for all browser tests; off CI they are skipped where there is none."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which asks nobody anything by itself."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):  # noqa: TID251 - tests tell CI from a desk, the product doesn't
            pytest.fail("Chromium is missing; apt-get install chromium")
        pytest.skip("Chromium is missing; apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()
