"""Passwords: argon2id with the parameters of OWASP's Password Storage Cheat Sheet, and what is too weak."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$htsg/VAncwDsbES70WjVBA$HypueTv8PJwNNPaJHmplhAdS18sVeAU3ZvCo6FKOMwg"
)
"""Verified when there is no such person, so that the answer takes the same work for everybody."""

SHORTEST = 12
LONGEST = 256


class WeakPassword(Exception):
    """The password is refused; the message says what to type instead."""


def check_strength(password: str, *, email: str) -> None:
    """Raise WeakPassword when the password is too short, too long, or easily guessed."""
    plain = _normal(password).casefold()
    if len(plain) < SHORTEST:
        raise WeakPassword(f"Type {SHORTEST} characters or more. Four words in a row are easy to remember.")
    if len(plain) > LONGEST:
        raise WeakPassword(f"Type at most {LONGEST} characters.")
    if len(set(plain)) < 6:
        raise WeakPassword("This repeats the same few characters. Four different words are safe.")
    if _is_a_run(plain):
        raise WeakPassword("This is one run of the keyboard or the alphabet. Four different words are safe.")
    # What people guess first doesn't count as length; a short name stands in many a good sentence.
    if len(plain.replace(email.partition("@")[0].casefold(), "")) < SHORTEST:
        raise WeakPassword("This is mostly your e-mail name, which is what people guess first. Leave it out.")


def hash_password(password: str) -> str:
    """The argon2id hash in its own encoding, with a fresh salt."""
    return HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Without a hash it does the same work and is False."""
    try:
        HASHER.verify(stored or NOBODYS_HASH, _normal(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # NIST SP 800-63B: the same characters typed on another keyboard must give the same bytes.
    return unicodedata.normalize("NFKC", password)


def _is_a_run(plain: str) -> bool:
    runs = ("0123456789" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
    return any(plain in run or plain in run[::-1] for run in runs) or plain in (plain + plain)[1:-1]
