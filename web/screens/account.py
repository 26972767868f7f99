"""The own settings of whoever is logged in."""

from dataclasses import dataclass

from web.screens.elements import Act, Link


@dataclass(frozen=True, slots=True)
class AccountView:
    """Template settings.html. `keys_action` takes the field single_keys ("on" or absent)."""

    name: str
    email: str
    role: str
    single_keys: bool
    keys_action: str
    sign_out: Act
    limits: str
    """What holds now, as a sentence."""
    limits_link: Link
