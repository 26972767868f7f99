import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from listings import passwords


def test_the_hash_of_nobody_costs_what_everybody_elses_does() -> None:
    assert extract_parameters(passwords.NOBODYS_HASH) == extract_parameters(passwords.hash_password("x"))


def test_the_parameters_are_those_of_the_owasp_sheet_or_stronger() -> None:
    used = extract_parameters(passwords.hash_password("x"))
    assert used.type is Type.ID
    assert used.memory_cost >= 19 * 1024
    assert used.time_cost >= 2


def test_a_password_matches_its_hash_and_no_other() -> None:
    stored = passwords.hash_password("four blue herons dancing")
    assert passwords.matches(stored, "four blue herons dancing")
    assert not passwords.matches(stored, "four blue herons dancinG")
    assert not passwords.matches(None, "four blue herons dancing")
    assert not passwords.matches("not a hash", "four blue herons dancing")


def test_the_same_letters_typed_otherwise_are_the_same_password() -> None:
    stored = passwords.hash_password("caf\u00e9 \ufb01ne and four more")
    assert passwords.matches(stored, "cafe\u0301 fine and four more")


def test_nothing_is_cut_off_a_long_password() -> None:
    long = "ab cd ef gh " * 20
    assert not passwords.matches(passwords.hash_password(long), long[:-1])


@pytest.mark.parametrize(
    "good", ["four blue herons dancing", "pêche-abricot-42-Zug", "长城长城 一二三四五六七八"]
)
def test_long_and_varied_passwords_are_taken(good: str) -> None:
    passwords.check_strength(good, email="maya@example.com")


@pytest.mark.parametrize("email", ["a@b.example", "al@b.example", "river@b.example"])
def test_an_e_mail_name_within_a_long_sentence_is_no_reason_to_refuse_it(email: str) -> None:
    passwords.check_strength("a long walk by the quiet river", email=email)
