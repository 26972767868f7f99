import csv
import datetime as dt
import io
import subprocess
import sys

import phonenumbers
import pytest

from crawlers.sandbox.facts import e164, holidays, national, osm_hours
from crawlers.sandbox.users_file import COLUMNS, PAGES, locations_csv
from crawlers.sandbox.world import World, make_world
from tests.crawlers.sandbox.conftest import NOW


def test_the_same_seed_gives_the_same_file_in_another_process(world: World) -> None:
    program = (
        "import datetime as dt, sys; from crawlers.sandbox.world import *; from crawlers.sandbox.users_file import *;"
        f"sys.stdout.write(locations_csv(make_world(7, now=dt.datetime.fromisoformat('{NOW.isoformat()}'))))"
    )
    other = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert other.stdout.decode() == locations_csv(world)


def test_another_seed_gives_another_chain(world: World) -> None:
    assert locations_csv(make_world(8, now=NOW)) != locations_csv(world)


def test_the_file_has_a_row_for_each_location_and_none_for_siblings(world: World) -> None:
    rows = list(csv.DictReader(io.StringIO(locations_csv(world))))
    assert [row["code"] for row in rows] == [world.code(index) for index in range(24)]
    assert tuple(rows[0]) == COLUMNS
    known_pages = {f"{source}_url" for source in PAGES}
    assert all(row[column] for row in rows for column in COLUMNS if column not in known_pages)


def test_no_two_branches_share_a_door_or_a_number() -> None:
    facts = [world.facts(index) for world in [make_world(3, 5000, now=NOW)] for index in range(5000)]
    assert len({(one.lines[0], one.city) for one in facts}) == 5000
    assert len({one.phone for one in facts}) == 5000


def test_the_small_chain_uses_numbers_set_aside_for_fiction(world: World) -> None:
    for index in range(world.locations):
        phone = world.facts(index).phone
        assert phone[5:10] == "55501"
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone))


@pytest.mark.parametrize("index", [0, 23, 24])
def test_a_code_leads_back_to_its_location(world: World, index: int) -> None:
    assert world.index_of(world.code(index)) == index


@pytest.mark.parametrize("code", ["", "101", "0100", "00101", "9999", "x", "٠١٠١"])
def test_a_code_of_no_branch_is_refused(world: World, code: str) -> None:
    with pytest.raises(KeyError):
        world.index_of(code)


def test_a_city_finds_all_its_branches(world: World) -> None:
    home = world.home(4)
    assert list(world.neighbours(home.city)) == [3, 4, 5]
    assert list(world.neighbours(home.city, [home.area])) == [4]


def test_a_naive_now_and_an_empty_chain_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        make_world(1, now=dt.datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="one location"):
        make_world(1, 0, now=NOW)


def test_holidays_follow_the_calendar() -> None:
    found = holidays(dt.date(2026, 5, 1), 7)
    assert [day.isoformat() for day, _ in found] == [
        "2026-05-25", "2026-07-04", "2026-09-07", "2026-11-26", "2026-12-24", "2026-12-25", "2027-01-01",
    ]  # fmt: skip


def test_hours_are_written_in_osm_syntax() -> None:
    day = (("07:00", "15:00"),)
    assert osm_hours(((), *(day,) * 4, (("06:00", "14:00"), ("16:00", "01:00")), ())) == (
        "Mo off; Tu-Fr 07:00-15:00; Sa 06:00-14:00,16:00-01:00; Su off"
    )
    assert osm_hours(((("00:00", "24:00"),),) * 7) == "24/7"


def test_phone_forms_lead_to_one_number() -> None:
    assert {e164(text) for text in ("(614) 555-0142", "+1 614-555-0142", "1.614.555.0142")} == {
        "+16145550142"
    }
    assert e164("555-0142") is None
    assert national("+16145550142") == "(614) 555-0142"
