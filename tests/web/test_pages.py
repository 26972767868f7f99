"""Pages & widgets: options, preview, lines to copy, and what is left out."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from listings.db import Database
from reputation.models.widget import Widget
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]
FORM = {"name": "Shop window", "location": "", "kind": "badge", "limit": "3", "accent": "#24563F"}


@pytest.fixture
def path(world: World) -> str:
    return f"/pages/widgets/{world.places['a']['widget_id']}"


def options_of(database: Database, world: World) -> dict[str, object]:
    with database.read() as db:
        return dict(db.get_one(Widget, world.places["a"]["widget_id"]).options)


def test_every_location_has_its_page(somebody: Somebody, world: World) -> None:
    soup = BeautifulSoup(somebody("marketer").get("/pages").text, "lxml")
    links = [str(link["href"]) for link in soup.select("a[href*='/p/site-own/']")]
    assert {"http://127.0.0.1:8000/p/site-own/code-a", "http://127.0.0.1:8000/p/site-own/code-b"} <= set(
        links
    )


def test_the_lines_to_copy_name_this_installation_and_what_a_page_must_allow(
    somebody: Somebody, path: str
) -> None:
    shown = BeautifulSoup(somebody("marketer").get(path).text, "lxml")
    copied = [block.text for block in shown.select("pre[id^=snippet-]")]
    assert len(copied) == 5
    assert '<script async src="http://127.0.0.1:8000/w/public-a.js"></script>' in copied[0]
    assert 'src="http://127.0.0.1:8000/w/public-a.html"' in copied[1]
    assert copied[2:4] == [
        "http://127.0.0.1:8000/w/public-a.fragment",
        "http://127.0.0.1:8000/w/public-a.json",
    ]
    assert '"@type": "LocalBusiness"' in copied[4]
    assert "aggregateRating" not in copied[4]
    assert "script-src http://127.0.0.1:8000" in shown.text
    assert "frame-src http://127.0.0.1:8000" in shown.text


def test_saving_changes_what_the_world_sees(
    somebody: Somebody, database: Database, world: World, path: str
) -> None:
    assert somebody("marketer").post(path, FORM).status_code == 303
    saved = options_of(database, world)
    assert (saved["kind"], saved["limit"], saved["accent"]) == ("badge", 3, "#24563f")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"accent": "#ffcc00"}, "the nearest shade that has it is #"),
        ({"accent": "red;}"}, "Must be a colour"),
        ({"limit": "1000"}, "less than or equal to 20"),
        ({"min_rating": "1"}, "greater than or equal to 2"),
        ({"kind": "carousel"}, "list"),
        ({"location": "code-other"}, "Choose one of the locations"),
        ({"name": ""}, "Give it a name"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_typed(
    somebody: Somebody, database: Database, world: World, wrong: dict[str, str], words: str
) -> None:
    path = f"/pages/widgets/{world.places['a']['widget_id']}"
    answer = somebody("marketer").post(path, FORM | wrong)
    assert answer.status_code == 422
    assert words in BeautifulSoup(answer.text, "lxml").text
    assert 'aria-invalid="true"' in answer.text
    assert options_of(database, world) == {}


def test_a_new_widget_has_an_address_nobody_can_guess(
    somebody: Somebody, database: Database, world: World
) -> None:
    answer = somebody("marketer").post("/pages/widgets")
    with database.read() as db:
        widget = db.get_one(Widget, int(answer.location.rsplit("/", 1)[1]))
    assert len(widget.public_id) >= 16


def test_who_may_not_publish_looks_only(somebody: Somebody, path: str) -> None:
    shown = BeautifulSoup(somebody("viewer").get(path).text, "lxml")
    save = shown.find("button", string="Save")
    assert save is not None
    assert save.has_attr("disabled")
    assert somebody("viewer").post(path, FORM).status_code == 403


def test_what_is_left_out_has_its_reason(
    somebody: Somebody, database: Database, world: World, path: str
) -> None:
    somebody("marketer").post(path, FORM | {"kind": "list", "min_rating": "4"})
    shown = BeautifulSoup(somebody("marketer").get(path).text, "lxml")
    row = shown.select_one("section[aria-labelledby=left-out] tbody tr")
    assert row is not None
    assert "2 left out by your filter" in row.text
