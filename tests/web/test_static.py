"""What the browser is sent: small, complete, from here."""

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.web.scenes.public import widget_data
from web.screens.elements import Link
from web.screens.public import PublicReview
from web.widget_script import widget_script

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "web/static"


def test_vendored_files_are_what_their_manifests_say() -> None:
    subprocess.run([sys.executable, ROOT / "tools/vendor.py", "--check"], check=True, cwd=ROOT)


def test_every_vendored_file_stands_beside_its_licence() -> None:
    assert {path.name for path in (STATIC / "vendor").glob("*.LICENSE")} == {"htmx.LICENSE", "lucide.LICENSE"}


def test_the_style_sheet_keeps_its_budget_and_asks_nobody() -> None:
    sheet = (STATIC / "app.css").read_bytes()
    assert len(gzip.compress(sheet, 9)) <= 15_000
    assert not re.search(rb"@import|url\(", sheet)


def test_the_widget_keeps_its_budget() -> None:
    bare = replace(widget_data(), reviews=())
    assert len(gzip.compress(widget_script(bare).encode(), 9)) <= 6_000


def test_the_widgets_data_can_break_out_of_nothing() -> None:
    evil = PublicReview(
        "</script><img onerror=x>\u2028", 1.0, "<!--", "", "", Link("a", "https://a.example"), "google"
    )
    script = widget_script(replace(widget_data(), reviews=(evil,)))
    assert "</script" not in script
    assert "<!--" not in script
    constants = script.split("\n")[1]
    assert "\u2028" not in constants
    data = json.loads(constants.removeprefix("const DATA = ").split(", STYLE = ")[0])
    assert data["reviews"][0]["author"] == evil.author
