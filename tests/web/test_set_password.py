"""The link by which people set their password: once, for 72 hours, unguessable."""

import pytest
import sqlalchemy as sa
from flask import Flask

from listings import people, sessions
from listings.db import Database
from listings.models.person import PasswordLink, Person
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World


def a_link(database: Database, world: World, moment: Moment, name: str = "viewer") -> str:
    with database.write() as db:
        token = people.issue_password_link(db, db.get_one(Person, world.people[name]), moment.now)
    return f"{people.PASSWORD_PATH}{token}"


@pytest.mark.db
def test_a_link_sets_the_password_once_and_logs_in(
    app: Flask, visitor: Visitor, database: Database, world: World, moment: Moment
) -> None:
    path = a_link(database, world, moment)
    assert visitor.post(path, {"password": "a wholly new password"}).status_code == 303
    assert visitor.is_logged_in()
    second = Visitor(app)
    assert second.get(path).status_code == 404
    assert second.post(path, {"password": "yet another password"}).status_code == 404
    assert second.log_in("viewer@own.example", "a wholly new password").status_code == 303


def test_looking_at_a_link_does_not_use_it_up(
    visitor: Visitor, database: Database, world: World, moment: Moment
) -> None:
    path = a_link(database, world, moment)
    for _ in range(5):
        assert visitor.get(path).status_code == 200
    moment.passes(hours=71, minutes=59)
    assert visitor.get(path).status_code == 200


def test_a_link_dies_after_72_hours_and_when_a_newer_one_is_made(
    visitor: Visitor, database: Database, world: World, moment: Moment
) -> None:
    older = a_link(database, world, moment)
    newer = a_link(database, world, moment)
    assert visitor.get(older).status_code == 404
    moment.passes(hours=72, seconds=1)
    assert visitor.get(newer).status_code == 404
    assert visitor.post(newer, {"password": "a wholly new password"}).status_code == 404


def test_links_can_not_be_guessed(visitor: Visitor, database: Database, world: World, moment: Moment) -> None:
    token = a_link(database, world, moment).removeprefix(people.PASSWORD_PATH)
    with database.read() as db:
        assert db.scalars(sa.select(PasswordLink.token_sha256)).one() == sessions.digest(token)
    assert len(token) >= 22
    for guess in (token[:-1], token + "A", token.swapcase(), "A" * len(token), "'or'1'='1", "%00"):
        assert visitor.get(people.PASSWORD_PATH + guess).status_code == 404


@pytest.mark.parametrize(
    "weak",
    [
        "", "short", "aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "123456789012", "qwertyuiopasdf", "viewer viewer!",
        "abcdefghijklm", "password" + "password", "x" * 300,
    ],
)  # fmt: skip
def test_weak_passwords_are_refused_with_what_to_type_instead(
    visitor: Visitor, database: Database, world: World, moment: Moment, weak: str
) -> None:
    path = a_link(database, world, moment)
    page = visitor.post(path, {"password": weak})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert visitor.get(path).status_code == 200
