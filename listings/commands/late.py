"""Commands whose options are known at once and whose work is imported when it is to be done."""

import importlib
from typing import Any

import click


class Late(click.Command):
    """A command that hands its options to `work`, "module:function", when it is invoked.

    So --help and a wrong option are answered without what the work needs.
    """

    def __init__(self, *arguments: Any, work: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._work = work

    def invoke(self, ctx: click.Context) -> Any:
        """Import the work and do it."""
        module, function = self._work.split(":")
        return ctx.invoke(getattr(importlib.import_module(module), function), **ctx.params)
