"""The settings, and the only reader of the environment."""

import os
import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_FILE = "secret.key"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class BadSettings(Exception):
    """A setting is missing or unusable; the message names it and says what to do."""


class Settings(BaseSettings):
    """Everything that may differ between two installations, each from GOODSTANDING_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="GOODSTANDING_", extra="ignore", frozen=True)

    home: Path = Field(
        default=Path("goodstanding-data"), description="Folder of everything this installation keeps."
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy URL; empty means the SQLite file goodstanding.db in the home folder.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The address people and websites reach this installation under.",
    )
    host: str = Field(default="127.0.0.1", description="The address `serve` listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="The port `serve` listens on.")
    web_threads: int = Field(
        default=8, ge=1, le=64, description="Requests that `serve` answers at the same time."
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Signs cookies and tokens, 32 characters or more; empty reads secret.key in home.",
    )
    encryption_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Comma-separated Fernet keys for stored credentials, newest first; empty derives one.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="Number of reverse proxies in front whose X-Forwarded headers are believed.",
    )
    contact: str = Field(
        default="",
        description="E-mail or web address named in the crawler's user agent, so that sites can reach you.",
    )
    google_client_id: str = Field(
        default="",
        description="OAuth client with which people connect their Google accounts; see docs/sources.",
    )
    google_client_secret: SecretStr = Field(
        default=SecretStr(""), description="The secret of that OAuth client; only the worker needs it."
    )
    google_push_topic: str = Field(
        default="",
        description="Pub/Sub topic to which Google announces changes: projects/<project>/topics/<topic>.",
    )
    google_push_sender: str = Field(
        default="",
        description="E-mail of the service account that signs what Pub/Sub pushes; empty takes no push.",
    )
    yelp_push_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Last part of the address to which Yelp announces changes to a partner; empty takes none.",
    )
    worker_slot: str = Field(
        default="1", description="Tells apart several workers on one machine; stable over restarts."
    )
    sandbox: str = Field(
        default="",
        description="host:port of the demo's local sources; honoured only together with demo mode.",
    )
    demo: bool = Field(default=False, description="Demo mode: a sample chain, local sources, loopback only.")
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged."
    )

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an http or https address such as https://reviews.example.com")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
            raise ValueError(
                "must be https unless it is on this machine, because log-in cookies travel over it"
            )
        return value.rstrip("/")

    @field_validator("yelp_push_secret")
    @classmethod
    def _check_yelp_push_secret(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"([A-Za-z0-9_-]{32,200})?", value.get_secret_value()):
            raise ValueError(
                "must be 32 to 200 letters, digits, - or _, because whoever knows it is believed"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if value and not _is_database_url(value):
            raise ValueError(
                "must be like postgresql://user:password@host:5432/name or sqlite:////folder/file.db"
            )
        return value

    @classmethod
    def from_env(cls) -> Self:
        """Read the environment once. Raises BadSettings naming the first bad variable."""
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = "GOODSTANDING_" + "_".join(str(part) for part in first["loc"]).upper()
            raise BadSettings(f"{name}: {first['msg'].removeprefix('Value error, ')}") from error

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force; a bare postgresql:// gets the psycopg driver."""
        if not self.database_url:
            return f"sqlite:///{self.home.absolute() / 'goodstanding.db'}"
        for prefix in ("postgresql://", "postgres://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def secure(self) -> bool:
        """Whether people reach this installation over https."""
        return self.public_url.startswith("https://")

    def signing_key(self) -> str:
        """The key that signs cookies. Raises BadSettings when there is none: nothing is guessed."""
        key = self.secret_key.get_secret_value()
        file = self.home / KEY_FILE
        if not key and file.exists():
            key = file.read_text().strip()
        if len(key) < 32:
            raise BadSettings(
                "GOODSTANDING_SECRET_KEY: no key of 32 characters or more; run `goodstanding init`, "
                f"which writes one to {file}"
            )
        return key


def environment(settings: Settings) -> dict[str, str]:
    """The environment for a process of its own that shall run with these settings."""
    given = {f"GOODSTANDING_{name.upper()}": _as_text(value) for name, value in settings.model_dump().items()}
    return {**os.environ, **given}  # noqa: TID251 - this module is the reader of the environment


def java_home() -> str | None:
    """Where Java is, as every program that starts it is told; None where nobody says."""
    return os.environ.get("JAVA_HOME")  # noqa: TID251 - this module is the reader of the environment


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(int(value)) if isinstance(value, bool) else str(value)


def _is_database_url(value: str) -> bool:
    parts = urlsplit(value)
    try:
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    kind = parts.scheme.partition("+")[0]
    return port_fits and kind in ("sqlite", "postgresql", "postgres") and parts.path.strip("/") != ""
