"""Texts that break out of places they are put into carelessly. Own list, and the shared ones where they are."""

import json
from pathlib import Path

OWN = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{7*7}}{% raw %}${7*7}",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "javascript:alert(1)//",
    "line\u2028separator\u2029end",
    "`;alert(1);//",
    "&lt;b&gt;&amp;&quot;",
    "\u202egnp.exe",
    "a\x0bb\x7fc",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
)

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "quality" / "payloads"


def shared() -> list[str]:
    """Every line or string of the shared lists; empty where there are none."""
    found: list[str] = []
    for file in sorted(SHARED.rglob("*")) if SHARED.is_dir() else ():
        if file.suffix == ".txt" and "xss" in file.name.lower():
            found += [line for line in file.read_text(errors="replace").splitlines() if line.strip()]
        elif file.suffix == ".json" and "blns" in file.name.lower():
            values = json.loads(file.read_text(errors="replace"))
            found += [value for value in values if isinstance(value, str) and value.strip()]
    return [text for text in found if "\x00" not in text]
