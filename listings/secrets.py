"""Keys made from the installation's secrets: encryption of stored credentials, keyed hashes of values."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from listings.settings import BadSettings, Settings


class Vault:
    """Encrypts and decrypts stored credentials; the newest key writes, every key reads.

    The key that is derived from the secret key reads too, so that an installation can move on to
    keys of their own. Raises BadSettings at construction when a configured key is no Fernet key.
    """

    def __init__(self, settings: Settings) -> None:
        configured = [key for key in settings.encryption_keys.get_secret_value().split(",") if key.strip()]
        try:
            fernets = [Fernet(key.strip()) for key in [*configured, *_derived_keys(settings, configured)]]
        except ValueError as error:
            raise BadSettings(
                "GOODSTANDING_ENCRYPTION_KEYS: not a Fernet key; make one with `goodstanding keys new`"
            ) from error
        self._newest, self._fernet = fernets[0], MultiFernet(fernets)

    def seal(self, secret: Mapping[str, Any]) -> bytes:
        """The secret, encrypted for the database."""
        return self._fernet.encrypt(json.dumps(secret).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """The secret again. Raises BadSettings when no configured key opens it."""
        try:
            secret: dict[str, Any] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise BadSettings(
                "GOODSTANDING_ENCRYPTION_KEYS: no configured key opens the stored credentials; "
                "add the key they were stored with at the end of the list"
            ) from error
        return secret

    def rotate(self, sealed: bytes) -> bytes:
        """The same secret under the newest key. Raises BadSettings when no configured key opens it."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise BadSettings("GOODSTANDING_ENCRYPTION_KEYS: no configured key opens it") from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether the newest key alone opens it."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def new_key() -> str:
    """A key for GOODSTANDING_ENCRYPTION_KEYS."""
    return Fernet.generate_key().decode()


class ValueHash:
    """Keyed hashes that tell whether a value changed without telling what it was."""

    def __init__(self, settings: Settings) -> None:
        self._key = _derived(settings.signing_key(), b"value hashes")

    def of(self, value: Any) -> str:
        """Hex HMAC-SHA256 of any JSON-like value; equal values give equal hashes."""
        plain = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
        return hmac.digest(self._key, plain.encode(), "sha256").hex()


def _derived_keys(settings: Settings, configured: Sequence[str]) -> list[str]:
    """The key derived from the secret key; none where that isn't set and isn't needed."""
    try:
        return [_derived(settings.signing_key(), b"credentials").decode()]
    except BadSettings:
        if configured:
            return []
        raise


def _derived(secret: str, purpose: bytes) -> bytes:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"goodstanding " + purpose).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
