from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from listings.db import Database
from listings.settings import Settings
from tests.web.callers import Caller
from tests.web.examples import PARAMETERS
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World, build
from web.app import create_app


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        secret_key="a key that only tests know, long enough",  # type: ignore[arg-type]
        yelp_push_secret=PARAMETERS["secret"],  # type: ignore[arg-type]
    )


@pytest.fixture
def app(settings: Settings, database: Database, moment: Moment) -> Flask:
    return create_app(settings, database, now=moment)


@pytest.fixture
def world(database: Database, moment: Moment) -> World:
    with database.write() as db:
        return build(db, moment.now)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def somebody(app: Flask, database: Database, world: World, moment: Moment) -> Callable[[str], Visitor]:
    """A visitor who is logged in as the person of that name in the world."""
    return lambda name: Visitor(app).becomes(database, world.people[name], moment)


@pytest.fixture
def make(app: Flask, database: Database, world: World, moment: Moment) -> Callable[[Rule, str], Caller]:
    """A caller of one route and method."""
    return lambda rule, method: Caller(app, database, world, moment, rule, method)
