"""The tokens of the style sheet, held to WCAG's contrast: 4.5 for text, 3 for edges and marks."""

import re
from itertools import product
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "web/static/app.css").read_text()
ROOT_RULE = SHEET[SHEET.index(":root {") : SHEET.index("}", SHEET.index(":root {"))]
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", ROOT_RULE)
}
WORDS = ("bad", "warn", "good", "wait", "back")
PLACES = ("surface", "page", "sunken", "hover")
TEXT = [
    *product(("text", "text-2", "text-3", "link"), PLACES),
    *product(("text", "text-2", "text-3", "link"), ("accent-soft",)),
    *product(("text", "text-2", "link"), [f"{word}-soft" for word in WORDS]),
    *product(("text", "text-2", "link"), ("note",)),
    *product(WORDS, ("surface", "page", "hover")),
    *((word, f"{word}-soft") for word in WORDS),
    ("bad", "accent-soft"),
    ("text", "mark"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-bad", "bad-solid"),
    ("on-toast", "toast"),
    ("toast-link", "toast"),
]
SHAPES = [
    *product(("line-strong",), ("surface", "sunken", "page")),
    *product(("accent", "focus"), ("surface", "accent-soft")),
    *((f"chart-{name}", "surface") for name in ("1", "2", "good", "warn", "bad")),
    ("star", "surface"),
    ("text-2", "sunken"),
]
PAIRS = [(*pair, 4.5) for pair in TEXT] + [
    (*pair, 3.0) for pair in SHAPES if pair != ("accent", "accent-soft")
]


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_a_pair_of_tokens_can_be_read(front: str, ground: str, least: float, scheme: str) -> None:
    assert contrast(TOKENS[front][scheme], TOKENS[ground][scheme]) >= least


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_two_weights_and_no_capitals() -> None:
    weights = re.findall(r"font(?:-weight)?:\s*(\d{3}|bold)\b", SHEET)
    assert set(weights) == {"400", "600"}
    assert "uppercase" not in SHEET
