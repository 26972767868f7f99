"""The work of `goodstanding match`: files in, a table of decisions out."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click
import polars as pl

from listings.commands.tables import BadTable, Table, read_table
from listings.engines.engine import Engine, Unavailable, start
from listings.engines.registry import LOCAL
from listings.matching.explain import explanation
from listings.matching.features import Levels
from listings.matching.link import Names, decide, level_matrix, settle
from listings.matching.scorecard import Points, Task, probability, shipped


class Unusable(click.ClickException):
    """A file can't be matched; the message is one line that says what to do."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rows of a table rest on: a column of levels and the log-odds for each."""

    levels: Levels
    log_odds: Points
    task: Task

    def told(self) -> list[str]:
        """The reasons of each row as JSON."""
        return [
            json.dumps(explanation(shipped(), self.task, levels, claim), ensure_ascii=False)
            for levels, claim in zip(self.levels.T, self.log_odds, strict=True)
        ]


def run(
    *,
    files: tuple[Path, ...],
    pairs: Path | None,
    duplicates: Path | None,
    output: Path,
    explain: bool,
    engine: str,
    master: str | None,
    as_json: bool,
) -> None:
    """Carry out the command with its options. Raises Unusable or UsageError, each one line."""
    if master and engine == LOCAL:
        raise click.UsageError("--master is the cluster of --engine spark; give both or none")
    if [bool(files), bool(pairs), bool(duplicates)].count(True) != 1 or len(files) not in (0, 2):
        raise click.UsageError("give LOCATIONS and LISTINGS, or --pairs FILE, or --duplicates FILE")
    try:
        with start(engine, master) as work:
            if pairs:
                table, evidence = _score(work, read_table(pairs, "pair_id"))
            elif duplicates:
                table, evidence = _find(work, read_table(duplicates, "id", "code"))
            else:
                table, evidence = _link(work, *(read_table(file, "id", "code") for file in files))
    except (BadTable, Unavailable) as error:
        raise Unusable(str(error)) from error
    if explain:
        table = table.with_columns(reasons=pl.Series(evidence.told(), dtype=pl.String))
    _write(table, output)
    _summarise(table, output, as_json=as_json)


def _link(engine: Engine, locations: Table, listings: Table) -> tuple[pl.DataFrame, Evidence]:
    _tell(f"{locations.height:,} locations, {listings.height:,} listings")
    candidates = engine.link(locations.records(), listings.records())
    roster = Names(locations.ids.to_list(), shipped())
    linked = settle(candidates, roster, listings.ids, listings.sources())
    return linked.table, Evidence(linked.levels, linked.log_odds, "link")


def _score(engine: Engine, pairs: Table) -> tuple[pl.DataFrame, Evidence]:
    _tell(f"{pairs.height:,} pairs")
    scores = engine.aligned(pairs.records("left_"), pairs.records("right_"))
    return _decided({"pair_id": pairs.ids}, scores, "pairs")


def _find(engine: Engine, records: Table) -> tuple[pl.DataFrame, Evidence]:
    _tell(f"{records.height:,} records")
    found = engine.duplicates(records.records(), records.sources())
    ids = {"left_id": records.ids.gather(found["listing"]), "right_id": records.ids.gather(found["location"])}
    return _decided(ids, found, "duplicates")


def _decided(ids: dict[str, pl.Series], scores: pl.DataFrame, task: Task) -> tuple[pl.DataFrame, Evidence]:
    log_odds = scores["log_odds"].to_numpy()
    chance = probability(log_odds)
    decision = pl.Series(decide(chance, shipped().calibrations[task]).tolist(), dtype=pl.String)
    table = pl.DataFrame({**ids, "probability": chance, "decision": decision})
    return table, Evidence(level_matrix(scores).T, log_odds, task)


def _write(table: pl.DataFrame, output: Path) -> None:
    """All of it or nothing: a broken run leaves the former file as it was."""
    part = None
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        part = Path(name)
        with os.fdopen(handle, "wb") as target:
            table.with_columns(pl.col(pl.String).replace("", None)).write_csv(target, float_precision=4)
        part.chmod(0o644)
        part.replace(output)
    except OSError as error:
        if part:
            part.unlink(missing_ok=True)
        raise Unusable(f"{output}: can't be written: {error.strerror}") from error


def _summarise(table: pl.DataFrame, output: Path, *, as_json: bool) -> None:
    counts = dict(sorted(table["decision"].value_counts().iter_rows()))
    if as_json:
        click.echo(json.dumps({"rows": table.height, "decisions": counts, "output": str(output)}))
    else:
        found = ", ".join(f"{number:,} {decision}" for decision, number in counts.items())
        _tell(f"{output}: {found or 'no rows'}")


def _tell(text: str) -> None:
    click.echo(text, err=True)
