"""The matrix itself, tried on routes that are right and on routes that leak."""

from collections.abc import Callable

import pytest
from flask import Flask, abort, g, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from listings.access import Act, get
from listings.models.location import Location
from listings.models.person import Person
from reputation.models.review import Review
from tests.web import test_matrix as matrix
from tests.web.callers import Caller
from web.policies import POLICIES
from web.request import one_or_404, own_transactions, transactions

Make = Callable[[Rule, str], Caller]
Test = Callable[[Make, Rule, str], None]
View = Callable[[int], ResponseReturnValue]
Route = Callable[[View, str], Rule]


def right(review_id: int) -> ResponseReturnValue:
    review = one_or_404(Review, review_id)
    if request.method == "POST":
        review.language = "en"
    return f"{review.text}"


def unscoped(review_id: int) -> ResponseReturnValue:
    return f"{g.db.get_one(Review, review_id).text}"


def of_the_whole_organization(review_id: int) -> ResponseReturnValue:
    review = g.db.get(Review, review_id)
    if review is None or review.organization_id != g.actor.organization_id:
        abort(404)
    return f"{review.text}"


def refuses_openly(review_id: int) -> ResponseReturnValue:
    if g.db.get_one(Review, review_id).organization_id != g.actor.organization_id:
        abort(403)
    return right(review_id)


def lists_too_much(review_id: int) -> ResponseReturnValue:
    one_or_404(Review, review_id)
    return " ".join(name for (name,) in g.db.query(Location.name))


def takes_any_field(review_id: int) -> ResponseReturnValue:
    review = one_or_404(Review, review_id)
    review.rating = float(request.form["rating"])
    return ""


def promotes(review_id: int) -> ResponseReturnValue:
    g.db.get_one(Person, g.actor.person_id).role = request.form["role"]
    return right(review_id)


@pytest.fixture
def route(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Route:
    """Adds a view of one method to the application, for everybody who may look."""

    def add(view: View, method: str) -> Rule:
        monkeypatch.setitem(POLICIES, "tried", Act.LOOK)
        app.add_url_rule("/tried/<int:review_id>", "tried", view, methods=[method])
        return next(app.url_map.iter_rules("tried"))

    return add


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_that_is_right_passes_every_test(make: Make, route: Route, method: str) -> None:
    rule = route(right, method)
    matrix.test_strangers_are_asked_to_log_in(make, rule, method)
    matrix.test_ids_of_another_organization_are_not_there(make, rule, method)
    matrix.test_ids_of_a_location_that_is_not_ones_own_are_not_there(make, rule, method)
    if method == "GET":
        matrix.test_reading_changes_nothing_and_shows_nothing_of_others(make, rule, method)
    else:
        matrix.test_writing_stays_in_the_house_and_takes_no_strange_fields(make, rule, method)
        matrix.test_no_other_site_can_send_a_form(make, rule, method)


@pytest.mark.parametrize(
    ("view", "method", "test"),
    [
        (unscoped, "GET", matrix.test_ids_of_another_organization_are_not_there),
        (unscoped, "POST", matrix.test_ids_of_another_organization_are_not_there),
        (refuses_openly, "GET", matrix.test_ids_of_another_organization_are_not_there),
        (of_the_whole_organization, "GET", matrix.test_ids_of_a_location_that_is_not_ones_own_are_not_there),
        (lists_too_much, "GET", matrix.test_reading_changes_nothing_and_shows_nothing_of_others),
        (takes_any_field, "POST", matrix.test_writing_stays_in_the_house_and_takes_no_strange_fields),
        (promotes, "POST", matrix.test_writing_stays_in_the_house_and_takes_no_strange_fields),
    ],
)
def test_a_route_that_leaks_is_caught(make: Make, route: Route, view: View, method: str, test: Test) -> None:
    rule = route(view, method)
    with pytest.raises(AssertionError):
        test(make, rule, method)


def test_a_page_that_writes_is_stopped_by_the_database(make: Make, route: Route) -> None:
    def writes(review_id: int) -> ResponseReturnValue:
        one_or_404(Review, review_id).language = "xx"
        g.db.flush()
        return ""

    rule = route(writes, "GET")
    caller = make(rule, "GET")
    visitor = caller.visitor("admin")
    before = caller.fingerprint()
    assert caller.call(visitor, "a").status_code == 500
    assert caller.fingerprint() == before


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_view_with_transactions_of_its_own_keeps_its_policy(make: Make, route: Route, method: str) -> None:
    @own_transactions
    def looks(review_id: int) -> ResponseReturnValue:
        with transactions().database.read() as db:
            review = get(db, g.actor, Review, review_id)
            if review is None:
                abort(404)
            return f"{review.text}"

    rule = route(looks, method)
    matrix.test_strangers_are_asked_to_log_in(make, rule, method)
    matrix.test_ids_of_another_organization_are_not_there(make, rule, method)


def test_a_change_that_ends_in_an_error_is_rolled_back(make: Make, route: Route) -> None:
    def half_done(review_id: int) -> ResponseReturnValue:
        one_or_404(Review, review_id).language = "xx"
        g.db.flush()
        return "no", 422

    rule = route(half_done, "POST")
    caller = make(rule, "POST")
    visitor = caller.visitor("admin")
    before = caller.fingerprint()
    assert caller.call(visitor, "a").status_code == 422
    assert caller.fingerprint() == before
