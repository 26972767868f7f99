"""Log-in, setting a password, and the page that says what went wrong."""

from dataclasses import dataclass

from web.screens.elements import Act, Field, Link


@dataclass(frozen=True, slots=True)
class LoginView:
    """Template login.html. `error` is said below the password, the same whichever was wrong."""

    host: str
    action: str
    fields: tuple[Field, ...]
    next: str = ""
    note: str = ""
    forgot: Link | None = None
    banner: str = ""


@dataclass(frozen=True, slots=True)
class SetPasswordView:
    """Template set_password.html, opened by a one-time link."""

    person: str
    action: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ErrorView:
    """Template error.html: what refused, why, the way out in steps, a reference for the log."""

    title: str
    text: str
    steps: tuple[str, ...] = ()
    act: Act | None = None
    other: Act | None = None
    raw_title: str = ""
    raw: str = ""
    reference: str = ""
