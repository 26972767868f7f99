"""A source joins with facts, an adapter, plans, a twin, payloads and a docs page: what it lacks is named."""

from pathlib import Path

import pytest

from crawlers.readers import PLANS, READERS
from crawlers.sandbox.twins import TWINS
from crawlers.sources import ADAPTERS
from listings.source_terms import Door, OwnerLink
from listings.sources import SOURCES, SourceFacts
from web.screens.elements import SOURCE_MARKS
from web.sources import SHOWN_AS

ROOT = Path(__file__).resolve().parent.parent


def missing(source: SourceFacts) -> list[str]:
    key = source.key
    payloads = ROOT / "tests" / "crawlers" / "payloads" / key
    there = {
        f"an adapter in crawlers/sources named {key!r}": key in ADAPTERS,
        "plans in crawlers/readers.py": key in PLANS,
        "a twin in crawlers/sandbox/twins.py": key in TWINS,
        f"payloads in {payloads.relative_to(ROOT)}": payloads.is_dir() and any(payloads.iterdir()),
        f"the page docs/sources/{key}.md": (ROOT / "docs" / "sources" / f"{key}.md").is_file(),
        "its mark in web/screens/elements.py": key in SOURCE_MARKS,
        "words in web/sources.py for what may be shown of it": source.policy.display in SHOWN_AS,
    }
    if key in PLANS:
        plans = PLANS[key]
        there |= {
            "a plan that tries its access": not source.credential or plans.attempt is not None,
            "a plan that corrects": source.fix is not Door.API or plans.correct is not None,
            "a plan that answers": source.reply is not Door.API or plans.answer is not None,
        }
    return [what for what, is_there in there.items() if not is_there]


@pytest.mark.parametrize("key", list(SOURCES))
def test_a_source_has_all_that_belongs_to_it(key: str) -> None:
    assert SOURCES[key].key == key
    assert missing(SOURCES[key]) == []


def test_nothing_is_crawled_without_facts() -> None:
    """An adapter may be there before: saved answers can be read without any of the rest."""
    assert set(PLANS) | set(TWINS) <= set(SOURCES)
    assert {source: reader.adapter.source for source, reader in READERS.items()} == {
        key: key for key in PLANS
    }


@pytest.mark.parametrize("source", list(SOURCES.values()), ids=list(SOURCES))
def test_the_facts_of_a_source_fit_together(source: SourceFacts) -> None:
    assert bool(source.fixable) == (source.fix is Door.API)
    assert source.reply_max_bytes is None or source.reply is not Door.NONE
    assert source.owners_view is None or source.owners_view in SOURCES
    assert source.owner_link is not OwnerLink.STORE_CODE or source.whole_account
    assert not (source.has_reviews and not source.policy.keep_values)
    if not source.policy.keep_values:
        assert not source.policy.blend
        assert not source.policy.ask
