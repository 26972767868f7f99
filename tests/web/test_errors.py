import io
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
import structlog
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.routing import Rule

from listings import logs, people
from listings.db import Database
from listings.models.person import Person
from tests.web.callers import Caller, cases
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import PASSWORD, World

CANARY = "Zyxa Quillfeather"
SECRET = f"{CANARY} in SELECT name, /srv/goodstanding/web.py"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("DEBUG", stream)
    yield stream
    structlog.reset_defaults()
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)


def breaks(**_: object) -> NoReturn:
    raise RuntimeError(SECRET)


def without_tokens(page: str) -> str:
    """The page without its random tokens, in which any letters may stand next to each other."""
    return re.sub(r'(name="csrf-token" content|nonce)="[^"]*"', "", page)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize(("rule", "method"), cases("GET", "POST"))
def test_a_broken_route_tells_nothing_but_a_reference(
    make: Callable[[Rule, str], Caller], log: io.StringIO, rule: Rule, method: str
) -> None:
    caller = make(rule, method)
    caller.app.view_functions[rule.endpoint] = breaks
    before = caller.fingerprint()
    visitor = caller.visitor("admin")
    fingerprint = caller.fingerprint()
    answer = caller.call(visitor, "a")
    assert before != fingerprint, "logging in by row is part of the set-up"
    assert answer.status_code == 500
    for told in (CANARY, "SELECT", "Traceback", "/srv", "RuntimeError", ".py"):
        assert told not in without_tokens(answer.text)
    assert answer.headers["X-Request-Id"] in answer.text
    assert caller.fingerprint() == fingerprint
    failed = [line for line in lines(log) if line["event"] == "request_failed"]
    assert [line["request_id"] for line in failed] == [answer.headers["X-Request-Id"]]
    assert CANARY not in log.getvalue()


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError(SECRET, {"name": CANARY}, sqlite3.IntegrityError(SECRET)),
        OperationalError(SECRET, {"name": CANARY}, sqlite3.OperationalError(SECRET)),
        ValueError(SECRET),
        KeyError(CANARY),
    ],
)
def test_no_error_carries_its_text_into_page_or_log(
    app: Flask, visitor: Visitor, log: io.StringIO, error: Exception
) -> None:
    def view() -> NoReturn:
        raise error

    app.view_functions["health.healthz"] = view
    answer = visitor.get("/healthz")
    assert answer.status_code == 500
    assert CANARY not in answer.text + log.getvalue()
    assert type(error).__name__ in log.getvalue()


@pytest.mark.parametrize("status", [400, 404, 405])
def test_every_refusal_has_a_page_with_a_way_out(visitor: Visitor, world: World, status: int) -> None:
    answer = {
        400: lambda: visitor.post("/login", token=False),
        404: lambda: visitor.get("/nothing"),
        405: lambda: visitor.get("/logout"),
    }[status]()
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "<li>" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_an_address_is_never_said_back(visitor: Visitor) -> None:
    assert "<script>" not in visitor.get("/<script>alert(1)</script>").text
    assert "alert(1)" not in visitor.get("/<script>alert(1)</script>").text


def test_the_log_names_nobody_on_any_way_through_log_in(
    app: Flask, database: Database, world: World, moment: Moment, log: io.StringIO
) -> None:
    with database.write() as db:
        someone = db.get_one(Person, world.people["viewer"])
        someone.name, someone.email = CANARY, "zyxa@quillfeather.example"
        token = people.issue_password_link(db, someone, moment.now)
    visitor = Visitor(app, address="203.0.113.77")
    password = "quite a canary password"
    link = people.PASSWORD_PATH + token
    visitor.get(link)
    visitor.post(link, {"password": "short canary"})
    visitor.post(link, {"password": password})
    visitor.get("/settings?q=zyxa")
    visitor.post("/logout")
    visitor.log_in("zyxa@quillfeather.example", "wrong canary")
    visitor.log_in("zyxa@quillfeather.example", password)
    visitor.get("/nobody/zyxa@quillfeather.example")
    app.view_functions["account.show"] = breaks
    visitor.get("/settings")
    app.logger.error("app says %s", CANARY)
    logging.getLogger("sqlalchemy.engine").warning("parameters %r", {"email": "zyxa@quillfeather.example"})
    cookie = visitor.cookies()["goodstanding"]
    written = log.getvalue()
    canaries = (CANARY, "zyxa", "quillfeather", "canary", token, cookie, "203.0.113.77", PASSWORD)
    assert [canary for canary in canaries if canary.casefold() in written.casefold()] == []
    assert len(lines(log)) >= 12


def test_line_breaks_make_no_second_line(visitor: Visitor, world: World, log: io.StringIO) -> None:
    visitor.log_in('x\r\n{"event": "forged"}', "\r\n")
    visitor.get("/%0d%0a%7B%22event%22%3A%22forged%22%7D", headers={"User-Agent": "a\tb"})
    structlog.get_logger().info("request", endpoint='a\r\n{"event": "forged"}')
    logging.getLogger("library").warning("a\r\n%s", "b")
    assert all(line["event"] in ("request", "library") for line in lines(log))


def test_at_debug_no_statement_is_logged(
    app: Flask, database: Database, world: World, log: io.StringIO
) -> None:
    Visitor(app).log_in("admin@own.example", PASSWORD)
    assert "SELECT" not in log.getvalue()
    assert re.search(r'"person_id": \d+|"person_id": null', log.getvalue())
