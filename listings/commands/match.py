"""`goodstanding match`: link two files, score given pairs, or find what a file lists twice."""

from pathlib import Path

import click

from listings.commands.late import Late
from listings.engines.registry import ENGINES, LOCAL

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Late, work="listings.commands.matching:run")
@click.argument("files", nargs=-1, type=_FILE, metavar="[LOCATIONS LISTINGS]")
@click.option("--pairs", type=_FILE, help="Score the pairs of this file instead.")
@click.option("--duplicates", type=_FILE, help="Find what this file lists twice instead.")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The CSV to write."
)
@click.option("--explain", is_flag=True, help="Add the reasons of each row as JSON.")
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    default=LOCAL,
    show_default=True,
    help="Where the work is done.",
)
@click.option(
    "--master",
    metavar="URL",
    help="The cluster of --engine spark.  [default: local[*], all cores of this machine]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def match() -> None:
    """Decide which of your LOCATIONS each of the LISTINGS describes.

    Both are CSV files with an id (or code) and any of name, street, city, region, postal_code, country,
    phone, website, category, latitude, longitude and source. Every listing comes back with its best
    location, the probability, and match, review or no_match. Within one source a location gets one
    listing; another one that describes it is for review and names the first in duplicate_of.
    """
