"""Where a log-in leads: back to the page one came from, never off the site."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.visitor import Visitor
from tests.web.world import PASSWORD, World

EMAIL = "admin@own.example"
PAYLOADS = Path(__file__).parent / "data" / "redirects.txt"
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "quality" / "payloads" / "pat"


def targets(files: list[Path]) -> list[str]:
    return [line for file in files for line in file.read_text(errors="replace").splitlines() if line]


def is_here(location: str) -> bool:
    return bool(re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", location))


def leaving(visitor: Visitor, addresses: list[str]) -> list[str]:
    return [
        address
        for address in addresses
        if not is_here(visitor.get("/login", query_string={"next": address}).location)
    ]


def test_no_next_address_leads_off_the_site(somebody: Callable[[str], Visitor]) -> None:
    assert leaving(somebody("admin"), targets([PAYLOADS])) == []


def test_no_next_address_of_the_public_lists_leads_off_the_site(somebody: Callable[[str], Visitor]) -> None:
    lists = sorted(SHARED.glob("Open_Redirect*.txt"))
    if not lists:
        pytest.skip(f"{SHARED} is absent: the public lists of open redirects lie beside the repository")
    assert leaving(somebody("admin"), targets(lists)) == []


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https:evil.example", "/\tevil.example"]
)
def test_no_form_leads_off_the_site_after_the_log_in(visitor: Visitor, world: World, address: str) -> None:
    assert visitor.log_in(EMAIL, PASSWORD, goes_to=address).location == "/"


def test_a_form_address_that_leads_off_the_site_is_not_even_shown(visitor: Visitor, world: World) -> None:
    shown = re.compile(r'name="next" value="([^"]*)"')
    for address in targets([PAYLOADS]):
        page = visitor.get("/login", query_string={"next": address})
        # The start page with a query of its own is ours, whatever the query says.
        assert {address.partition("?")[0] for address in shown.findall(page.text)} <= {"/"}


def test_the_page_and_query_one_came_from_survive_the_log_in(visitor: Visitor, world: World) -> None:
    asked = visitor.get("/settings?tab=keys&q=a%20b")
    page = visitor.get(asked.location)
    assert 'name="next" value="/settings?tab=keys&amp;q=a%20b"' in page.text
