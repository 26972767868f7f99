import pytest
import sqlalchemy as sa

from listings.db import Base, Database

pytestmark = pytest.mark.db


def test_a_new_database_holds_every_table_of_the_models(database: Database) -> None:
    with database.read() as session:
        names = set(sa.inspect(session.connection()).get_table_names())
    assert set(Base.metadata.tables) <= names
