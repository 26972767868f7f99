"""Every route of the application as a test case, and a caller who tries it as anybody."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from listings.db import Base, Database
from listings.settings import Settings
from tests.web.examples import FORMS, PARAMETERS, address_of, form_of
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World
from web.app import create_app

STRANGE_FIELDS = {
    "organization_id": "2",
    "role": "admin",
    "rating": "5",
    "published": "1",
    "password_hash": "x",
    "disabled_at": "",
}
"""What nobody may set by a form: sent along with every form (mass assignment)."""


def routes() -> list[Rule]:
    """The route map. Reading it needs no database: the engine connects only when it is asked something."""
    settings = Settings(home=Path("nowhere"), secret_key="x" * 32)  # type: ignore[arg-type]
    app = create_app(settings, Database("sqlite:///nowhere/nothing.db"))
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def cases(*methods: str, aimed: bool = False) -> list[Any]:
    """Parameters (rule, method) for routes with these methods; `aimed` ones take an id of something."""
    return [
        pytest.param(rule, method, id=f"{method} {rule.rule}")
        for rule in routes()
        for method in sorted(rule.methods or ())
        if method in methods and (not aimed or aims(rule))
    ]


def aims(rule: Rule) -> bool:
    """Whether the route is told by address or form which thing it is about."""
    return bool(rule.arguments - PARAMETERS.keys()) or rule.endpoint in FORMS


READ = ("GET", "HEAD")
WRITE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Caller:
    """Calls one route as different people, and knows the fingerprint of the database."""

    app: Flask
    database: Database
    world: World
    moment: Moment
    rule: Rule
    method: str

    def path(self, place: str) -> str:
        """The route's address about a place."""
        values = address_of(self.world, place, set(self.rule.arguments))
        built = self.rule.build(values, append_unknown=False)
        assert built, f"no address can be made of {values}"
        return built[1]

    def visitor(self, name: str = "") -> Visitor:
        """Somebody of the world, logged in; without a name a stranger."""
        visitor = Visitor(self.app)
        return visitor.becomes(self.database, self.world.people[name], self.moment) if name else visitor

    def call(self, visitor: Visitor, place: str, **options: Any) -> TestResponse:
        """The answer to this visitor about this place."""
        if self.method in READ:
            return visitor.get(self.path(place), method=self.method)
        form = STRANGE_FIELDS | form_of(self.world, place, self.rule.endpoint)
        return visitor.post(self.path(place), form, method=self.method, **options)

    def fingerprint(self, organization: str = "") -> str:
        """Of every row of ours, or of the rows that name one organization."""
        digest = hashlib.sha256()
        with self.database.read() as db:
            for table in Base.metadata.sorted_tables:
                query = sa.select(table).order_by(*table.primary_key.columns)
                if organization:
                    if "organization_id" not in table.c:
                        continue
                    query = query.where(table.c.organization_id == self.world.organizations[organization])
                digest.update(repr(db.execute(query).all()).encode())
        return digest.hexdigest()
