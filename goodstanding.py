"""The command line, where the rooms are put together. Every command stands in its own room."""

import importlib
from typing import Any

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "crawlers.commands.demo:demo",
        "Try it all on a sample chain, without a key or the internet.",
    ),
    "init": ("listings.commands.init:init", "Create the database or bring it up to date."),
    "serve": ("web.commands.serve:serve", "Serve the web pages."),
    "worker": ("crawlers.commands.worker:worker", "Run the schedule and the jobs."),
    "person": ("listings.commands.person:person", "Add people and hand out set-password links."),
    "import": ("reputation.commands.load:load", "Import locations from CSV or XLSX."),
    "crawl": ("crawlers.commands.crawl:crawl", "Crawl now and wait for the summary."),
    "connect": ("crawlers.commands.connect:connect", "Store the access to a source, encrypted."),
    "check": ("crawlers.commands.check:check", "Try a source's credentials and name what is wrong."),
    "read": ("crawlers.commands.read:read", "Read saved answers of a source and print their records."),
    "match": ("listings.commands.match:match", "Link two files, score pairs, or find duplicates."),
    "compare": ("listings.commands.compare:compare", "Compare field pairs of a CSV and give reasons."),
    "bulk-file": (
        "listings.commands.bulk_file:bulk_file",
        "Write open corrections as a file to upload at a source.",
    ),
    "jobs": ("listings.commands.jobs:jobs", "List the jobs that gave up, and run them again."),
    "keys": ("listings.commands.keys:keys", "Change the key that seals stored credentials."),
    "replay": ("crawlers.commands.replay:replay", "Read stored answers again and show what would change."),
}
"""Command to where it stands ("module:attribute") and the line shown in --help. The line is kept
here so that --help imports no room."""


class LazyGroup(click.Group):
    """A click group that imports a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported now; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from COMMANDS alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="goodstanding")
def main(**_: Any) -> None:
    """Find what the sources say wrong about your locations, and follow every fix until they show it."""


if __name__ == "__main__":
    main()
