"""What Alembic runs for every command; the connection and the metadata come from listings/migrate.py."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.sql.schema import SchemaItem

from listings.db import UTCDateTime
from listings.job_rows import ENGINE_TABLES

Kind = Literal["schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint"]


def ours(name: str | None, kind: str, parent: Any) -> bool:  # noqa: ARG001 - Alembic's signature
    """Whether a name in the database is of ours; on SQLite the job engine keeps its tables in our file."""
    return not (kind == "table" and name in ENGINE_TABLES)


def plain_types(
    kind: str, item: SchemaItem | sa.types.TypeEngine[Any], _: AutogenContext
) -> str | Literal[False]:
    """Old revisions must not depend on today's classes: write our types as the plain ones they store."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
    include_name=ours,
    render_item=plain_types,
    # The transaction is migrate.py's: SQLite's tables change inside it as well.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
