"""Log-in, errors and settings of the invented chain."""

from web.screens import elements as el
from web.screens import people
from web.screens.account import AccountView
from web.screens.elements import Act, Link


def login_view() -> people.LoginView:
    return people.LoginView(
        "reviews.tallowcreek.example",
        "/login",
        (
            el.Field(
                "email", "E-mail", "ines@tallowcreek.example", "email", autocomplete="username", required=True
            ),
            el.Field(
                "password",
                "Password",
                "",
                "password",
                error="E-mail and password don’t belong together. 4 tries left.",
                autocomplete="current-password",
                required=True,
            ),
        ),
        note="Goodstanding, self-hosted by Tallow Creek Bikes. No data leaves this server.",
    )


def password_view() -> people.SetPasswordView:
    hint = "At least 12 characters. A sentence is fine"
    return people.SetPasswordView(
        "ines@tallowcreek.example",
        "/set-password",
        (
            el.Field(
                "password",
                "Password",
                "",
                "password",
                hint,
                "Use 12 characters or more; this has 5",
                "new-password",
                required=True,
            ),
            el.Field(
                "again",
                "Once more",
                "",
                "password",
                error="This isn’t the same as above",
                autocomplete="new-password",
                required=True,
            ),
        ),
    )


def error_view() -> people.ErrorView:
    return people.ErrorView(
        "This page isn’t there",
        "The address may be mistyped, or what it showed has been removed.",
        ("Go back and follow the link again.", "If it breaks again, tell your admin the reference below."),
        Act("Go home", "/home", "get", "filled"),
        raw_title="What happened",
        raw="404 Not Found",
        reference="4fbe-19",
    )


def settings_view() -> AccountView:
    return AccountView(
        "Ines Okafor",
        "ines@tallowcreek.example",
        "marketer",
        True,
        "/settings/keys",
        Act("Log out everywhere", "/out"),
        "Linked from 0.75 on, asked about from 0.20 on.",
        Link("Limits of matching", "/matches/limits"),
    )
