"""Fetch the files of other people that the web door serves, and write what their hashes are.

Run it with the versions below after changing one: `python tools/vendor.py`. It needs npm, which
knows its registry from its own settings; nothing at run time does. `python tools/vendor.py
--check` compares the files with the manifest and needs neither npm nor a network.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "web/static/vendor"
TESTS = ROOT / "tests/browser/vendor"
ICON_TEMPLATE = ROOT / "web/templates/components/icon_paths.html"

PACKAGES = {
    "htmx.org@4.0.1": {
        "dist/htmx.min.js": STATIC / "htmx.min.js",
        "LICENSE": STATIC / "htmx.LICENSE",
    },
    "axe-core@4.14.1": {
        "axe.min.js": TESTS / "axe.min.js",
        "LICENSE": TESTS / "axe.LICENSE",
    },
    "lucide-static@1.62.0": {"LICENSE": STATIC / "lucide.LICENSE"},
}
ICONS = (
    "activity", "calendar", "chart-column", "check", "chevron-down", "chevron-left", "chevron-right",
    "circle", "clock", "code", "copy", "corner-down-left", "download", "ellipsis", "equal-approximately",
    "equal-not", "external-link", "eye", "file", "globe", "house", "inbox", "info", "life-buoy", "link",
    "list-filter", "lock", "log-out", "map-pin", "menu", "minus", "navigation", "pencil", "phone", "plus",
    "refresh-cw", "search", "send", "settings-2", "smile", "triangle-alert", "undo-2", "upload", "user", "x",
)  # fmt: skip


def fetch(package: str, folder: Path) -> Path:
    """Unpack `package` ("name@version") into `folder` and return where its files are."""
    shown = subprocess.run(
        ["npm", "pack", package, "--json", "--pack-destination", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    report = json.loads(shown)
    entry = report[0] if isinstance(report, list) else next(iter(report.values()))
    with tarfile.open(folder / entry["filename"]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def digest(path: Path) -> str:
    """The file's hash in the form that subresource integrity uses."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def icon_template(icons: Path) -> str:
    """The shapes of ICONS as one Jinja mapping: the inner SVG of each, without its frame."""
    shapes = {}
    for name in ICONS:
        drawing = (icons / f"{name}.svg").read_text()
        inner = re.sub(r"(?s)<!--.*?-->|</?svg[^>]*>", "", drawing)
        shapes[name] = re.sub(r"\s*\n\s*", "", inner).replace(" />", "/>")
    body = "\n".join(f"  {json.dumps(name)}: {json.dumps(shape)}," for name, shape in shapes.items())
    return f"{{# Lucide 1.62.0 (ISC), written by tools/vendor.py #}}\n{{% set PATHS = {{\n{body}\n}} %}}\n"


def manifest_of(folder: Path) -> Path:
    return folder / "manifest.json"


def update() -> None:
    packages: dict[Path, dict[str, dict[str, str]]] = {STATIC: {}, TESTS: {}}
    for package, files in PACKAGES.items():
        with tempfile.TemporaryDirectory() as name:
            unpacked = fetch(package, Path(name))
            for inside, target in files.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(unpacked / inside, target)
                packages[target.parent][target.name] = {
                    "from": f"{package}/{inside}",
                    "sha384": digest(target),
                }
            if package.startswith("lucide-static"):
                ICON_TEMPLATE.write_text(icon_template(unpacked / "icons"))
    for folder, entries in packages.items():
        manifest_of(folder).write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n")


def changed() -> list[str]:
    """The vendored files that are not what their manifest says, or are missing from it."""
    wrong = []
    for folder in (STATIC, TESTS):
        entries = json.loads(manifest_of(folder).read_text())
        there = {path.name for path in folder.iterdir() if path.name != "manifest.json"}
        wrong += [str(folder / name) for name in there ^ set(entries)]
        wrong += [
            str(folder / name)
            for name in there & set(entries)
            if digest(folder / name) != entries[name]["sha384"]
        ]
    return sorted(wrong)


def main() -> int:
    if "--check" not in sys.argv[1:]:
        update()
    wrong = changed()
    for path in wrong:
        print(f"{path} is not the file its manifest names; run python tools/vendor.py")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
