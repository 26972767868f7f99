"""Whether a colour can be read as text on the widget's two surfaces (WCAG 2.2, 1.4.3), and one that can."""

import colorsys

LIGHT_SURFACE, DARK_SURFACE = "#ffffff", "#191a1d"
READABLE = 4.5
"""Contrast that text of any size needs at least."""

_STEPS = 256


def contrast(one: str, other: str) -> float:
    """The contrast of two colours "#rrggbb", 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def nearest_readable(colour: str, surface: str) -> str:
    """The colour itself where it can be read on the surface, else its nearest shade that can.

    The hue and saturation stay; only the lightness moves, away from the surface's.
    """
    red, green, blue = (channel / 255 for channel in _channels(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    end = 0.0 if _luminance(surface) > 0.5 else 1.0
    for step in range(_STEPS + 1):
        shade = (
            colour if step == 0 else _shade(hue, lightness + (end - lightness) * step / _STEPS, saturation)
        )
        if contrast(shade, surface) >= READABLE:
            return shade
    return _shade(hue, end, saturation)


def _shade(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(
        f"{round(255 * channel):02x}" for channel in colorsys.hls_to_rgb(hue, lightness, saturation)
    )


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
