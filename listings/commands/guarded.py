"""Commands that work on the database and the disk: what refuses them is one line, never a traceback."""

from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from listings.commands.ready import Refused


class Guarded(click.Command):
    """A command that ends with one clear line and exit code 2 when the database or a file refuses it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises Refused for what the database or the disk did not let it do."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            words = str(error.orig).strip().splitlines() or [type(error).__name__]
            raise Refused(f"the database refused: {words[0]}; nothing of the last step was kept") from error
        except OSError as error:
            # Without a name it is a closed pipe or the network, which has its own end.
            if error.filename is None:
                raise
            raise Refused(
                f"{error.filename}: {error.strerror}; look at the permissions and the disk"
            ) from error
