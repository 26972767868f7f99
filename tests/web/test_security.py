import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from listings.db import Database
from listings.settings import BadSettings, Settings
from tests.web.callers import Caller, cases
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import PASSWORD, World
from web.app import create_app
from web.policies import POLICIES, Anybody

FRAMED = frozenset({"widget.frame"})
"""The only endpoints that other sites may put into a frame."""


def directives(policy: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.mark.parametrize(("rule", "method"), cases("GET"))
def test_every_answer_carries_the_headers(
    make: Callable[[Rule, str], Caller], rule: Rule, method: str
) -> None:
    caller = make(rule, method)
    for name in ("", "admin"):
        answer = caller.call(caller.visitor(name), "a")
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "X-Powered-By" not in headers
        if answer.mimetype == "text/html" and rule.endpoint not in FRAMED:
            policy = directives(headers["Content-Security-Policy"])
            assert re.fullmatch(r"'nonce-[\w-]{22}' 'strict-dynamic'", policy["script-src"])
            assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
            assert "unsafe" not in headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Credentials" not in headers
        if POLICIES[rule.endpoint] is not Anybody.PUBLISHED:
            assert "Access-Control-Allow-Origin" not in headers
            assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("rule", "method"), cases("GET"))
def test_no_page_has_a_script_style_or_handler_that_its_policy_forbids(
    make: Callable[[Rule, str], Caller], rule: Rule, method: str
) -> None:
    caller = make(rule, method)
    answer = caller.call(caller.visitor("admin"), "a")
    if answer.mimetype != "text/html":
        pytest.skip("not a page")
    nonce = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
    assert nonce
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", answer.text):
        assert f'nonce="{nonce[1]}"' in tag or 'type="application/ld+json"' in tag
    assert not re.search(r"<[a-z][^>]*\s(?:on[a-z]+|style)\s*=", answer.text)


def test_no_nonce_is_used_twice_in_a_thousand_answers(visitor: Visitor, world: World) -> None:
    policies = {visitor.get("/healthz").headers["Content-Security-Policy"] for _ in range(1_000)}
    assert len(policies) == 1_000


def test_errors_and_redirects_carry_the_headers_too(visitor: Visitor, world: World) -> None:
    for answer in (visitor.get("/nothing"), visitor.get("/settings"), visitor.post("/login", token=False)):
        assert "strict-dynamic" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_published_answers_read_and_set_no_cookie(somebody: Callable[[str], Visitor]) -> None:
    answer = somebody("admin").get("/healthz")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "evil.example:8000",
        "[::2]",
        "",
        "a b",
    ],
)
def test_another_host_name_is_refused(visitor: Visitor, world: World, host: str) -> None:
    answer = visitor.client.get("/login", base_url=visitor.base_url, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_a_load_balancer_may_ask_for_health_under_any_name(visitor: Visitor) -> None:
    assert visitor.client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.fixture
def https(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": "https://reviews.example.com"})


FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "6.6.6.6",
    "Forwarded": "host=evil.example;proto=ftp",
    "X-Original-URL": "/settings",
}


def test_forged_proxy_headers_change_nothing(visitor: Visitor, world: World) -> None:
    plain = visitor.get("/settings")
    forged = visitor.get("/settings", headers=FORGED)
    assert (plain.status_code, plain.location) == (forged.status_code, forged.location)
    page = visitor.get("/login", headers=FORGED)
    assert page.status_code == 200
    assert "evil" not in page.text


def test_behind_a_configured_proxy_the_public_host_counts(
    https: Settings, database: Database, world: World, moment: Moment
) -> None:
    proxied = https.model_copy(update={"trusted_proxies": 1})
    visitor = Visitor(create_app(proxied, database, now=moment), base_url="http://10.0.0.5:8000")
    through = {"X-Forwarded-Host": "reviews.example.com", "X-Forwarded-Proto": "https"}
    assert visitor.get("/login", headers=through).status_code == 200
    assert visitor.get("/login").status_code == 400
    assert visitor.get("/login", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


def test_on_https_browsers_are_told_to_stay_there(
    https: Settings, database: Database, moment: Moment
) -> None:
    visitor = Visitor(create_app(https, database, now=moment), base_url="https://reviews.example.com")
    assert "max-age=" in visitor.get("/login").headers["Strict-Transport-Security"]


def test_forms_of_the_own_origin_are_taken(app: Flask, world: World) -> None:
    for origin in ("http://127.0.0.1:8000", "http://localhost:8000"):
        visitor = Visitor(app, base_url=origin)
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        form = {"email": "admin@own.example", "password": PASSWORD}
        assert visitor.post("/login", form, headers=headers).status_code == 303


def test_without_a_key_there_is_no_application(settings: Settings, database: Database) -> None:
    keyless = settings.model_copy(update={"secret_key": type(settings.secret_key)("")})
    with pytest.raises(BadSettings, match="goodstanding init"):
        create_app(keyless, database)


def test_a_form_that_is_too_large_is_refused(visitor: Visitor, world: World) -> None:
    answer = visitor.post("/login", {"email": "x" * 2_000_000})
    assert answer.status_code == 413
