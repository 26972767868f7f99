"""Keys made from the installation's secrets: encryption of stored credentials, keyed hashes of values."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from listings.settings import BadSettings, Settings


class Vault:
    """Encrypts and decrypts stored credentials; the newest key writes, every key reads.

    Raises BadSettings at construction when a configured key is no Fernet key.
    """

    def __init__(self, settings: Settings) -> None:
        configured = [key for key in settings.encryption_keys.get_secret_value().split(",") if key.strip()]
        keys = configured or [_derived(settings.signing_key(), b"credentials").decode()]
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys])
        except ValueError as error:
            raise BadSettings(
                "GOODSTANDING_ENCRYPTION_KEYS: not a Fernet key; make one with "
                "`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`"
            ) from error

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
        """The same secret under the newest key."""
        return self._fernet.rotate(sealed)


class ValueHash:
    """Keyed hashes that tell whether a value changed without telling what it was."""

    def __init__(self, settings: Settings) -> None:
        self._key = _derived(settings.signing_key(), b"value hashes")

    def of(self, value: Any) -> str:
        """Hex HMAC-SHA256 of any JSON-like value; equal values give equal hashes."""
        plain = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
        return hmac.new(self._key, plain.encode(), hashlib.sha256).hexdigest()


def _derived(secret: str, purpose: bytes) -> bytes:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"goodstanding " + purpose).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
