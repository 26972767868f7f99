"""A widget's settings: typed, bounded, unable to hide what must be said."""

import pytest

from listings.db import Database
from reputation.widgets import BadOptions, WidgetOptions, change, create
from tests.domain import NOW, organization


@pytest.mark.parametrize(
    "given",
    [
        {"accent": "red; background: url(//x)"},
        {"limit": 0},
        {"limit": 21},
        {"min_rating": 1},
        {"min_rating": 6},
        {"height": 5000},
        {"show_total": False},
        {"rating_count": 4000},
        {"sort": "best"},
    ],
)
def test_settings_outside_of_what_is_allowed_are_refused_by_name(given: dict[str, object]) -> None:
    with pytest.raises(BadOptions, match=next(iter(given))):
        WidgetOptions.parse(given)


def test_no_filter_by_stars_is_set_unless_somebody_sets_it() -> None:
    assert WidgetOptions().min_rating is None


def test_a_widgets_name_in_the_world_is_unguessable_and_stays(database: Database) -> None:
    with database.write() as session:
        made = [
            create(
                session,
                organization(session, name),
                name=" ",
                location_ids=[],
                options=WidgetOptions(),
                now=NOW,
            )
            for name in ("Elm Books", "Oak Books")
        ]
        first = made[0].public_id
        change(made[0], "Front page", [1], WidgetOptions(accent="  #5B7998 "), NOW)
        assert (made[0].public_id, made[0].name) == (first, "Front page")
        assert made[0].options["accent"] == "#5b7998"
    assert len(first) >= 16
    assert len({one.public_id for one in made}) == 2
