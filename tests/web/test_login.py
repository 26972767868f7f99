import re
from collections.abc import Callable
from typing import Literal

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask

from listings import login, passwords, people, sessions
from listings.db import Database
from listings.models.person import LoginAttempt, Person, Role, WebSession
from listings.settings import Settings
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import PASSWORD, World
from web.app import create_app

EMAIL = "admin@own.example"


class CountingHasher(PasswordHasher):
    """Counts verifications: equal counts are equal work, whatever else the machine does.

    Only the right password is really verified, so that a thousand guesses take seconds.
    """

    count = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        type(self).count += 1
        if password != PASSWORD:
            raise VerifyMismatchError
        return super().verify(hash, password)


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> type[CountingHasher]:
    CountingHasher.count = 0
    hasher = CountingHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    return CountingHasher


def person(database: Database, world: World, name: str) -> Person:
    with database.read() as db:
        return db.get_one(Person, world.people[name])


@pytest.mark.db
def test_the_right_password_opens_the_page_that_was_asked_for(visitor: Visitor, world: World) -> None:
    assert visitor.get("/settings").location == "/login?next=/settings"
    assert visitor.log_in(EMAIL, PASSWORD, goes_to="/settings").location == "/settings"
    assert visitor.is_logged_in()


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong"), (EMAIL, ""), ("nobody@own.example", PASSWORD), ("", ""), ("\0\r\n'--", PASSWORD)],
)
def test_a_wrong_pair_opens_nothing(visitor: Visitor, world: World, email: str, password: str) -> None:
    assert visitor.log_in(email, password).status_code == 422
    assert not visitor.is_logged_in()


def test_known_and_unknown_people_get_the_same_answer_for_the_same_work(
    app: Flask, database: Database, world: World, verifications: type[CountingHasher]
) -> None:
    with database.write() as db:
        db.get_one(Person, world.people["viewer"]).password_hash = None
        people.disable(db, db.get_one(Person, world.people["marketer"]), Moment().now)
    answers = set()
    for email in (EMAIL, "viewer@own.example", "marketer@own.example", "nobody@own.example"):
        before = verifications.count
        page = Visitor(app).log_in(email, "wrong password")
        assert verifications.count == before + 1
        plain = re.sub(r'(name="csrf_token" value|name="csrf-token" content|nonce)="[^"]*"', "", page.text)
        answers.add((page.status_code, plain.replace(email, "EMAIL")))
    assert len(answers) == 1


def test_a_thousand_guesses_from_many_addresses_are_evaluated_ten_times_at_most(
    app: Flask, world: World, verifications: type[CountingHasher], moment: Moment
) -> None:
    visitor = Visitor(app)
    token = visitor.csrf_token()
    statuses = []
    for n in range(1_000):
        visitor.environ = {"REMOTE_ADDR": f"10.0.{n // 250}.{n % 250}"}
        form = {"email": EMAIL, "password": f"guess {n}", "csrf_token": token}
        statuses.append(visitor.post("/login", form, token=False).status_code)
    assert verifications.count == login.UNKNOWN_BROWSERS <= 10
    assert set(statuses[login.UNKNOWN_BROWSERS :]) == {429}
    moment.passes(minutes=15, seconds=1)
    assert visitor.log_in(EMAIL, PASSWORD).status_code == 303


def test_guessing_does_not_lock_a_person_out_of_the_browser_they_use(
    app: Flask, world: World, verifications: type[CountingHasher]
) -> None:
    own = Visitor(app)
    own.log_in(EMAIL, PASSWORD)
    own.post("/logout")
    stranger = Visitor(app, address="10.1.1.1")
    for _ in range(20):
        stranger.log_in(EMAIL, "guess")
    assert own.log_in(EMAIL, "a slip of the finger").status_code == 422
    assert own.log_in(EMAIL, PASSWORD).status_code == 303
    assert verifications.count <= 10 + 2


def test_both_kinds_of_browsers_together_get_ten_tries(
    app: Flask, world: World, verifications: type[CountingHasher]
) -> None:
    own = Visitor(app)
    own.log_in(EMAIL, PASSWORD)
    own.post("/logout")
    verifications.count = 0
    stranger = Visitor(app, address="10.1.1.1")
    for _ in range(15):
        stranger.log_in(EMAIL, "guess")
        own.log_in(EMAIL, "guess")
    assert verifications.count == 10


def test_one_address_gets_a_hundred_tries_at_different_people(
    app: Flask, world: World, verifications: type[CountingHasher], moment: Moment
) -> None:
    visitor = Visitor(app, address="10.2.2.2")
    token = visitor.csrf_token()
    for n in range(login.PER_ADDRESS + 20):
        visitor.post(
            "/login", {"email": f"p{n}@own.example", "password": "x", "csrf_token": token}, token=False
        )
    assert verifications.count == login.PER_ADDRESS
    assert Visitor(app, address="10.2.2.3").log_in(EMAIL, PASSWORD).status_code == 303
    moment.passes(minutes=15, seconds=1)
    assert visitor.log_in("viewer@own.example", PASSWORD).status_code == 303


def test_a_forged_forwarded_address_buys_no_more_tries(
    app: Flask, world: World, verifications: type[CountingHasher]
) -> None:
    visitor = Visitor(app, address="10.3.3.3")
    token = visitor.csrf_token()
    for n in range(login.PER_ADDRESS + 20):
        form = {"email": f"p{n}@own.example", "password": "x", "csrf_token": token}
        visitor.post("/login", form, token=False, headers={"X-Forwarded-For": f"10.4.4.{n}"})
    assert verifications.count == login.PER_ADDRESS


def test_a_configured_proxy_is_believed_about_the_address(
    settings: Settings, database: Database, world: World, verifications: type[CountingHasher], moment: Moment
) -> None:
    proxied = settings.model_copy(update={"trusted_proxies": 1})
    visitor = Visitor(create_app(proxied, database, now=moment), address="10.3.3.3")
    token = visitor.csrf_token()
    for n in range(login.PER_ADDRESS + 20):
        form = {"email": f"p{n}@own.example", "password": "x", "csrf_token": token}
        visitor.post("/login", form, token=False, headers={"X-Forwarded-For": f"10.4.4.{n}"})
    assert verifications.count == login.PER_ADDRESS + 20


def test_attempts_name_nobody_and_are_forgotten_after_a_day(
    app: Flask, database: Database, world: World, moment: Moment
) -> None:
    Visitor(app, address="10.5.5.5").log_in(EMAIL, "wrong")
    with database.read() as db:
        digests = set(db.scalars(sa.select(LoginAttempt.email_digest)))
    assert digests
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)
    moment.passes(days=1, seconds=1)
    Visitor(app, address="10.5.5.6").log_in("viewer@own.example", PASSWORD)
    with database.read() as db:
        assert digests.isdisjoint(db.scalars(sa.select(LoginAttempt.email_digest)))


def test_a_cookie_from_before_the_log_in_is_worth_nothing_after_it(
    app: Flask, visitor: Visitor, world: World
) -> None:
    visitor.csrf_token()
    before = visitor.cookies()["goodstanding"]
    visitor.log_in(EMAIL, PASSWORD)
    assert visitor.cookies()["goodstanding"] != before
    attacker = Visitor(app)
    attacker.client.set_cookie("goodstanding", before, domain="127.0.0.1")
    assert not attacker.is_logged_in()


def replayed(app: Flask, cookie: str) -> Visitor:
    visitor = Visitor(app)
    visitor.client.set_cookie("goodstanding", cookie, domain="127.0.0.1")
    return visitor


def log_out(_: Database, __: World, visitor: Visitor, moment: Moment) -> None:
    visitor.post("/logout")


def sign_out_everywhere(_: Database, __: World, visitor: Visitor, moment: Moment) -> None:
    visitor.post("/settings/sign-out-everywhere")


def change_password(database: Database, world: World, _: Visitor, moment: Moment) -> None:
    with database.write() as db:
        someone = db.get_one(Person, world.people["admin"])
        people.set_password(db, someone, passwords.hash_password("another long password"), moment.now)


def change_role(database: Database, world: World, _: Visitor, moment: Moment) -> None:
    with database.write() as db:
        people.change_role(db, db.get_one(Person, world.people["admin"]), Role.VIEWER, moment.now)


def disable(database: Database, world: World, _: Visitor, moment: Moment) -> None:
    with database.write() as db:
        people.disable(db, db.get_one(Person, world.people["admin"]), moment.now)


def test_a_part_of_a_page_sends_the_whole_page_to_the_log_in(visitor: Visitor, world: World) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/settings?tab=keys"}
    answer = visitor.get("/settings", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/settings?tab%3Dkeys"


def test_a_form_sent_after_the_log_in_has_ended_says_so(visitor: Visitor, world: World) -> None:
    answer = visitor.post("/settings/single-keys")
    assert answer.status_code == 401
    assert 'href="/login"' in answer.text


@pytest.mark.parametrize("ends", [log_out, sign_out_everywhere, change_password, change_role, disable])
def test_an_old_cookie_is_refused_once_the_log_in_has_ended(
    app: Flask,
    database: Database,
    world: World,
    moment: Moment,
    ends: Callable[[Database, World, Visitor, Moment], None],
) -> None:
    visitor = Visitor(app)
    visitor.log_in(EMAIL, PASSWORD)
    cookie = visitor.cookies()["goodstanding"]
    assert replayed(app, cookie).is_logged_in()
    ends(database, world, visitor, moment)
    assert not replayed(app, cookie).is_logged_in()


def test_a_log_in_ends_after_three_idle_days(visitor: Visitor, world: World, moment: Moment) -> None:
    visitor.log_in(EMAIL, PASSWORD)
    moment.passes(days=2, hours=23)
    assert visitor.is_logged_in()
    moment.passes(days=3, seconds=1)
    assert not visitor.is_logged_in()


def test_a_log_in_ends_after_fourteen_days_however_busy(
    visitor: Visitor, world: World, moment: Moment
) -> None:
    visitor.log_in(EMAIL, PASSWORD)
    for _ in range(6):
        moment.passes(days=2)
        assert visitor.is_logged_in()
    moment.passes(days=2, seconds=1)
    assert not visitor.is_logged_in()


def test_a_changed_cookie_is_no_log_in(app: Flask, visitor: Visitor, world: World) -> None:
    visitor.log_in(EMAIL, PASSWORD)
    cookie = visitor.cookies()["goodstanding"]
    content, _, signature = cookie.rpartition(".")
    # The first letter: the two lowest bits of the last one belong to no byte of the signature.
    forged = f"{content}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    for changed in (forged, cookie[1:], "x", ""):
        assert not replayed(app, changed).is_logged_in()


def test_tokens_are_stored_as_digests_only(visitor: Visitor, database: Database, world: World) -> None:
    visitor.log_in(EMAIL, PASSWORD)
    with visitor.client.session_transaction(base_url=visitor.base_url) as kept:
        token = kept["token"]
    with database.read() as db:
        stored = db.scalars(sa.select(WebSession.token_sha256)).one()
    assert len(token) >= 22  # 128 bits in base64
    assert stored == sessions.digest(token) != token


def test_on_https_every_cookie_is_bound_to_the_host(
    settings: Settings, database: Database, world: World, moment: Moment
) -> None:
    secure = settings.model_copy(update={"public_url": "https://reviews.example.com"})
    visitor = Visitor(create_app(secure, database, now=moment), base_url="https://reviews.example.com")
    cookies = visitor.log_in(EMAIL, PASSWORD).headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_passwords_are_argon2id_and_made_anew_when_the_parameters_have_risen(
    visitor: Visitor, database: Database, world: World
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with database.write() as db:
        db.get_one(Person, world.people["admin"]).password_hash = weak
    visitor.log_in(EMAIL, PASSWORD)
    assert str(person(database, world, "admin").password_hash).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    visitor.post("/logout")
    assert visitor.log_in(EMAIL, PASSWORD).status_code == 303
