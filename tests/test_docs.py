"""What the docs name is what there is: settings, commands, sources, files; and nothing of one workplace."""

import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from crawlers.sources import ADAPTERS
from goodstanding import COMMANDS
from listings.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?:\]\(|(?:src|href)=\")([^)\s\"]+)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
LOCKS = (".lock", ".min.js")
# Put together here, so that this file doesn't hold what it forbids.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
)
MACHINE_PATHS = tuple(f"/{folder}/" for folder in ("work", "root"))
THREAD = re.compile(r"\bissues? #?\d|\(#\d+\)|\bGH-\d|\b(?:fixes|closes|refs) #\d", re.IGNORECASE)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tracked() -> list[str]:
    """The repository's files; everything that isn't ignored where a copy has no git."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this copy of the sources has no git history to list its files")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def pages() -> list[str]:
    return [name for name in tracked() if name.endswith(".md")]


def defaults() -> Iterator[tuple[str, str]]:
    """Every setting with its default as docs/settings.md writes it."""
    for name, field in Settings.model_fields.items():
        value = field.default
        shown = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        shown = shown.lower() if isinstance(value, bool) else shown
        yield f"GOODSTANDING_{name.upper()}", f"`{shown}`" if shown else "empty"


@pytest.mark.parametrize(("variable", "default"), list(defaults()))
def test_a_setting_is_documented_with_its_default(variable: str, default: str) -> None:
    rows = [line.split("|") for line in text_of("docs/settings.md").splitlines() if f"`{variable}`" in line]
    assert [row[2].strip() for row in rows if row[1].strip() == f"`{variable}`"] == [default]


def test_no_setting_is_documented_that_there_isnt() -> None:
    documented = set(re.findall(r"^\| `(GOODSTANDING_\w+)`", text_of("docs/settings.md"), re.MULTILINE))
    assert documented == {variable for variable, _ in defaults()}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command, those below a group as "group command"."""
    for name, (place, _) in COMMANDS.items():
        module, attribute = place.split(":")
        command = getattr(importlib.import_module(module), attribute)
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", part) for below, part in command.commands.items())


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_command_is_documented_with_its_options(name: str, command: click.Command) -> None:
    section = section_of(text_of("docs/commands.md"), name.split(maxsplit=1)[0])
    options = [option for one in command.params if isinstance(one, click.Option) for option in one.opts]
    assert f"`goodstanding {name}" in section or f"\ngoodstanding {name}" in section
    assert [option for option in options if f"`{option}`" not in section] == []


def section_of(text: str, heading: str) -> str:
    _, _, after = text.partition(f"\n## {heading}\n")
    return after.partition("\n## ")[0]


def test_no_option_is_documented_that_there_isnt() -> None:
    there = {option for _, command in commands() for one in command.params for option in one.opts}
    documented = set(re.findall(r"`(--[a-z-]+)`", text_of("docs/commands.md")))
    assert documented - there <= {"--help", "--version"}


def test_a_source_that_can_be_read_is_documented() -> None:
    section = section_of(text_of("docs/commands.md"), "read")
    assert [key for key in ADAPTERS if not re.search(rf"\b{key}\b", section)] == []
    assert [key for key in ADAPTERS if not (ROOT / f"docs/sources/{key}.md").exists()] == []


def test_a_relative_link_leads_somewhere() -> None:
    broken = [
        f"{page}: {link}" for page in pages() for link in LINK.findall(text_of(page)) if not leads(page, link)
    ]
    assert broken == []


def leads(page: str, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    if not target.exists():
        return False
    return not anchor or anchor in {anchor_of(heading) for heading in HEADING.findall(target.read_text())}


def anchor_of(heading: str) -> str:
    """A heading's anchor as code hosts make it: lower case, no punctuation, blanks as hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_the_readmes_commands_are_in_the_makefile() -> None:
    named = set(re.findall(r"^make ([a-z]+)", text_of("README.md"), re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    assert named == {"run", "test"}
    assert named <= targets


def test_a_picture_is_small_enough_for_a_page() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs/pictures").glob("*")}
    assert {name: size for name, size in sizes.items() if size > 250_000} == {}


def test_no_file_names_a_registry_a_machine_or_a_thread() -> None:
    found = [place for name in tracked() if not name.endswith(LOCKS) for place in breaches(name)]
    assert found == []


def breaches(name: str) -> Iterator[str]:
    try:
        text = text_of(name)
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if any(word in line for word in (*REGISTRY_HOSTS, *MACHINE_PATHS)) or THREAD.search(line):
            yield f"{name}:{number}"


def test_the_locks_name_no_registry() -> None:
    locks = {lock.name: lock.read_text() for lock in ROOT.glob("*.lock")}
    assert [name for name, text in locks.items() if any(host in text for host in REGISTRY_HOSTS)] == []
