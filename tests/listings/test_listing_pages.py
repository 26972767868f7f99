"""The addresses of listings' pages: which are taken, in which form, and what a refusal says."""

import pytest

from listings.listing_pages import LISTING_PAGES, BadListingPage, listing_page

BBB = "https://www.bbb.org/us/oh/columbus/profile/bakery/elm-bakery-0302-70001234"
ONTARIO = "https://www.bbb.org/ca/on/north-york/profile/sign-shop/elm-signs-0107-88"


@pytest.mark.parametrize(
    ("source", "pasted", "canonical"),
    [
        ("bbb", BBB, BBB),
        ("bbb", "  bbb.org" + BBB.removeprefix("https://www.bbb.org") + "/ ", BBB),
        ("bbb", BBB + "/customer-reviews?page=3#top", BBB),
        ("bbb", BBB + "/addressId/4711/complaints", BBB + "/addressId/4711"),
        ("bbb", ONTARIO.replace("https://www.", "http://"), ONTARIO),
        (
            "yahoo",
            "https://local.yahoo.com/info-77-elm-bakery/?guccounter=1",
            "https://local.yahoo.com/info-77-elm-bakery",
        ),
        ("yahoo", "local.yahoo.com/info-77", "https://local.yahoo.com/info-77"),
        ("yelp", "https://m.yelp.com/biz/elm-bakery-columbus?osq=cake", "https://www.yelp.com/biz/elm-bakery-columbus"),
        ("yelp", "https://fr.yelp.ca/biz/caf%C3%A9-elm-montr%C3%A9al-2", "https://www.yelp.com/biz/caf%C3%A9-elm-montr%C3%A9al-2"),
        ("yelp", "www.yelp.co.uk/biz/elm-bakery-leeds", "https://www.yelp.com/biz/elm-bakery-leeds"),
        ("bing", "https://www.bing.com/maps?osid=1&ss=ypid.YN12x345&cp=4~5", "https://www.bing.com/maps?ss=ypid.YN12x345"),
        ("bing", "https://www.bing.com/search?q=elm&filters=local_ypid%3a%22YN12x345%22", "https://www.bing.com/maps?ss=ypid.YN12x345"),
    ],
)  # fmt: skip
def test_a_pasted_address_becomes_the_canonical_one(source: str, pasted: str, canonical: str) -> None:
    assert listing_page(source, pasted) == canonical


@pytest.mark.parametrize("source", list(LISTING_PAGES))
def test_every_canonical_address_and_every_example_is_its_own_form(source: str) -> None:
    example = LISTING_PAGES[source].example
    assert listing_page(source, example) == example


@pytest.mark.parametrize(
    ("source", "pasted", "why"),
    [
        ("bbb", "", "is no web address"),
        ("bbb", "Elm Bakery, Columbus", "is no web address"),
        ("bbb", "javascript:alert(1)", "is no web address"),
        ("bbb", "ftp://www.bbb.org/us/oh/columbus/profile/bakery/elm-0302-7", "is no web address"),
        ("bbb", BBB.replace("https://", "https://www.bbb.org@evil.example/"), "is no web address"),
        ("bbb", BBB.replace("www.bbb.org", "www.bbb.org:8443"), "is no web address"),
        ("bbb", BBB.replace("www.bbb.org", "www.bbb.org.evil.example"), "is no address at BBB"),
        ("bbb", "https://www.bbb.org/search?find_text=elm", "is at BBB, but not the page of one listing"),
        ("bbb", "https://www.bbb.org/us/oh/columbus/profile/bakery/elm", "not the page of one listing"),
        ("yahoo", "https://search.yahoo.com/search?p=elm", "is no address at Yahoo"),
        ("yahoo", "https://local.yahoo.com/", "not the page of one listing"),
        ("yelp", "https://www.yelp.com/search?find_desc=elm", "not the page of one listing"),
        ("yelp", "https://www.yelp.example/biz/elm", "is no address at Yelp"),
        ("bing", "https://www.bing.com/maps?q=elm", "not the page of one listing"),
        ("yelp", "https://www.yelp.com/biz/" + "e" * 3000, "is no web address"),
    ],
)
def test_what_is_no_listing_page_is_refused_and_told_what_one_looks_like(
    source: str, pasted: str, why: str
) -> None:
    with pytest.raises(BadListingPage, match=why) as refused:
        listing_page(source, pasted)
    assert LISTING_PAGES[source].example in str(refused.value)
    assert len(str(refused.value)) < 300
