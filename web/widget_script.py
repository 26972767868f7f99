"""The script that a host page loads: the widget's code with its data in front."""

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from web.screens.public import WidgetData


def widget_script(data: WidgetData) -> str:
    """JavaScript that shows `data` in every <goodstanding-reviews w=PUBLIC_ID> of its page.

    Everything is in one function, so the host page gets no name but `goodstandingWidgets`. A
    review without attribution is left out: no source lets its words be shown without it.
    """
    values = asdict(data)
    values["reviews"] = [review for review in values["reviews"] if review["attribution"]]
    constants = f"const DATA = {_literal(values)}, STYLE = {_literal(_asset('widget.css'))};"
    return f"(() => {{\n{constants}\n{_asset('widget.js')}}})();\n"


def _literal(value: object) -> str:
    """JSON that is also safe inside a <script> element, for hosts that inline the answer."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@cache
def _asset(name: str) -> str:
    return (files("web") / "static" / name).read_text(encoding="utf-8")
