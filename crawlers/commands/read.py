"""goodstanding read: the records in saved answers, one JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from crawlers.source import Adapter, Answer
from crawlers.sources import ADAPTERS


class Unusable(click.ClickException):
    """The arguments can't be used: one line, exit code 2."""

    exit_code = 2


@click.command()
@click.argument("source")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", default="", help="The address the page came from; a website's page is chosen by it.")
@click.pass_context
def read(ctx: click.Context, source: str, files: tuple[str, ...], url: str) -> None:
    """Read saved answers or pages of SOURCE and print their records, one JSON object a line.

    Ends with 0, with 1 when something was unreadable, and with 2 when SOURCE or a FILE is unusable.
    """
    adapter = _adapter(source)
    bodies = [(file, _body(file)) for file in files]
    unreadable = False
    for file, body in bodies:
        for line in _lines(adapter, file, body, url):
            unreadable = unreadable or line["kind"] == "unreadable"
            text = json.dumps(line, ensure_ascii=False)
            # A lone surrogate of the source leaves as the JSON escape it came in as.
            click.echo(text.encode("utf-8", "backslashreplace"))
    ctx.exit(1 if unreadable else 0)


def _adapter(source: str) -> Adapter:
    if source in ADAPTERS:
        return ADAPTERS[source]()
    known = ", ".join(ADAPTERS)
    raise Unusable(f"there is no source {source!r}; give one of {known}")


def _body(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Unusable(f"can't read {file}: {error.strerror or error}") from error


def _lines(adapter: Adapter, file: str, body: bytes, url: str) -> Iterator[dict[str, Any]]:
    for line in adapter.lines(Answer(url=url, status=0, headers={}, body=body)):
        yield {"kind": line["kind"], "file": file, **line}
