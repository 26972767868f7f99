"""Sealed credentials and keyed hashes."""

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from listings.secrets import ValueHash, Vault
from listings.settings import BadSettings, Settings

SECRET = {"refresh_token": "1//made-up"}


def settings(key: str = "k" * 40, *fernet: str) -> Settings:
    return Settings(secret_key=SecretStr(key), encryption_keys=SecretStr(",".join(fernet)))


def test_a_secret_is_unreadable_without_its_key() -> None:
    sealed = Vault(settings()).seal(SECRET)
    assert b"made-up" not in sealed
    assert Vault(settings()).open(sealed) == SECRET
    with pytest.raises(BadSettings, match="no configured key"):
        Vault(settings("another key" * 4)).open(sealed)


def test_keys_are_changed_by_putting_the_new_one_first() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    sealed = Vault(settings("k" * 40, old)).seal(SECRET)
    both = Vault(settings("k" * 40, new, old))
    assert both.open(sealed) == SECRET
    assert Vault(settings("k" * 40, new)).open(both.rotate(sealed)) == SECRET


def test_a_key_that_is_none_is_refused_with_how_to_make_one() -> None:
    with pytest.raises(BadSettings, match="keys new"):
        Vault(settings("k" * 40, "short"))


def test_equal_values_have_equal_hashes_under_one_key_only() -> None:
    hashes, others = ValueHash(settings()), ValueHash(settings("another key" * 4))
    assert hashes.of({"a": 1, "b": "ä"}) == hashes.of({"b": "ä", "a": 1})
    assert hashes.of("5550100") != hashes.of("5550101")
    assert hashes.of("5550100") != others.of("5550100")
