"""Who gets what: every route of the application, every verb, everybody, with the ids of everybody else.

The cases are made from the route map, so a new route is in the matrix from its first day.
"""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from listings.access import ACTS, Act
from listings.models.person import Person
from reputation.models.review import Review
from tests.web.callers import READ, WRITE, Caller, cases, routes
from tests.web.examples import UNBOUND
from tests.web.world import PEOPLE
from web.policies import POLICIES, check_policies

Make = Callable[[Rule, str], Caller]

SIGHT = {
    "viewer": "ab",
    "viewer_of_b": "b",
    "manager_of_a": "a",
    "manager_of_b": "b",
    "marketer": "ab",
    "admin": "ab",
}
"""Person of the first organization to the places they see."""


def act_of(rule: Rule) -> Act | None:
    policy = POLICIES[rule.endpoint]
    return policy if isinstance(policy, Act) else None


def allowed(rule: Rule) -> list[str]:
    act = act_of(rule)
    return [name for name, (role, _) in PEOPLE.items() if act is None or act in ACTS[role]]


def test_every_route_has_a_policy_and_every_policy_a_route() -> None:
    assert {rule.endpoint for rule in routes()} == POLICIES.keys()


def test_a_route_without_a_policy_is_refused_at_the_start(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to the world")
    with pytest.raises(RuntimeError, match="forgotten"):
        check_policies(app)


def test_every_page_that_takes_forms_is_an_endpoint_of_its_own() -> None:
    mixed = [rule.rule for rule in routes() if {"GET", "POST"} <= (rule.methods or set())]
    assert mixed == []


@pytest.mark.parametrize(("rule", "method"), cases(*READ, *WRITE))
def test_strangers_are_asked_to_log_in(make: Make, rule: Rule, method: str) -> None:
    caller = make(rule, method)
    before = caller.fingerprint()
    answer = caller.call(caller.visitor(), "a")
    if act_of(rule) is None:
        assert answer.status_code not in (401, 403)
        assert answer.status_code < 500
    else:
        assert answer.status_code == (303 if method in READ else 401)
        assert caller.fingerprint() == before
        assert method in WRITE or answer.location.startswith("/login?next=/")


@pytest.mark.parametrize(("rule", "method"), cases(*READ, *WRITE))
def test_a_role_that_may_not_is_refused(make: Make, rule: Rule, method: str) -> None:
    caller = make(rule, method)
    visitors = [caller.visitor(name) for name in PEOPLE.keys() - set(allowed(rule))]
    before = caller.fingerprint()
    for visitor in visitors:
        for place in ("a", "b", "other"):
            assert caller.call(visitor, place).status_code == 403
    assert caller.fingerprint() == before


@pytest.mark.parametrize(("rule", "method"), cases(*READ, *WRITE, aimed=True))
def test_ids_of_another_organization_are_not_there(make: Make, rule: Rule, method: str) -> None:
    if act_of(rule) is None:
        pytest.skip("published to the world")
    caller = make(rule, method)
    tries = [(caller.visitor(name), "other") for name in allowed(rule)]
    tries += [(caller.visitor("foreign_admin"), place) for place in ("a", "b")]
    before = caller.fingerprint()
    for visitor, place in tries:
        assert caller.call(visitor, place).status_code == 404
    assert caller.fingerprint() == before


@pytest.mark.parametrize(("rule", "method"), cases(*READ, *WRITE, aimed=True))
def test_ids_of_a_location_that_is_not_ones_own_are_not_there(make: Make, rule: Rule, method: str) -> None:
    if act_of(rule) is None or rule.arguments & UNBOUND:
        pytest.skip("of no single location, or published to the world")
    caller = make(rule, method)
    hidden = [
        (caller.visitor(name), place)
        for name in allowed(rule)
        for place in ("a", "b")
        if place not in SIGHT[name]
    ]
    before = caller.fingerprint()
    for visitor, place in hidden:
        assert caller.call(visitor, place).status_code == 404
    assert caller.fingerprint() == before


@pytest.mark.parametrize(("rule", "method"), cases(*READ))
def test_reading_changes_nothing_and_shows_nothing_of_others(make: Make, rule: Rule, method: str) -> None:
    caller = make(rule, method)
    visitors = {name: caller.visitor(name) for name in (*allowed(rule), "foreign_admin")}
    before = caller.fingerprint()
    for name, visitor in visitors.items():
        sight = SIGHT.get(name, ["other"])
        answer = caller.call(visitor, sight[0])
        assert answer.status_code not in (401, 403)
        assert answer.status_code < 500
        if act_of(rule) is None:
            continue
        assert answer.status_code != 404
        hidden = {"a", "b", "other"} - set(sight)
        shown = [f"Canary {what} {place}" for what in ("place", "words", "author") for place in hidden]
        assert [canary for canary in shown if canary in answer.text] == []
    assert caller.fingerprint() == before


@pytest.mark.parametrize(("rule", "method"), cases(*WRITE))
def test_writing_stays_in_the_house_and_takes_no_strange_fields(make: Make, rule: Rule, method: str) -> None:
    caller = make(rule, method)
    foreign = caller.fingerprint("other")
    for name in allowed(rule):
        answer = caller.call(caller.visitor(name), SIGHT[name][0])
        assert answer.status_code not in (401, 403)
        assert answer.status_code < 500
        assert act_of(rule) is None or answer.status_code != 404
    assert caller.fingerprint("other") == foreign
    with caller.database.read() as db:
        people = db.execute(sa.select(Person.role, Person.organization_id, Person.password_hash)).all()
        assert sorted(role for role, _, _ in people) == sorted(
            [role for role, _ in PEOPLE.values()] + [PEOPLE["admin"][0]]
        )
        assert all(password != "x" for _, _, password in people)
        assert set(db.scalars(sa.select(Review.rating))) == {2}


def cross_site(caller: Caller) -> list[dict[str, object]]:
    return [
        {"token": False},
        {"token": False, "headers": {"X-CSRFToken": "x"}},
        {"token": False, "content_type": "text/plain"},
        {"token": False, "content_type": "application/json"},
        {"headers": {"Origin": "https://evil.example"}},
        {"headers": {"Origin": "null"}},
        {"headers": {"Origin": "http://127.0.0.1:8001"}},
        {"headers": {"Sec-Fetch-Site": "cross-site"}},
        {"headers": {"Sec-Fetch-Site": "same-site"}},
        {"token": False, "headers": {"X-CSRFToken": Caller.visitor(caller).csrf_token()}},
    ]


@pytest.mark.parametrize(("rule", "method"), cases(*WRITE))
def test_no_other_site_can_send_a_form(make: Make, rule: Rule, method: str) -> None:
    caller = make(rule, method)
    visitor = caller.visitor("admin")
    before = caller.fingerprint()
    for forged in cross_site(caller):
        assert caller.call(visitor, "a", **forged).status_code == 400
    assert caller.fingerprint() == before
