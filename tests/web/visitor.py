"""A browser on the application, without a network."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from listings import sessions
from listings.db import Database


class Visitor:
    """Keeps cookies between requests and sends the CSRF token of our pages along."""

    def __init__(self, app: Flask, *, base_url: str = "http://127.0.0.1:8000", address: str = "") -> None:
        self.client = app.test_client()
        self.base_url = base_url
        self.environ = {"REMOTE_ADDR": address} if address else {}

    def get(self, path: str, *, method: str = "GET", **options: Any) -> TestResponse:
        return self.client.open(
            path,
            method=method,
            base_url=self.base_url,
            environ_overrides=self.environ,
            buffered=True,
            **options,
        )

    def post(self, path: str, data: Any = None, *, token: bool = True, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if token:
            headers["X-CSRFToken"] = self.csrf_token()
        return self.client.post(
            path,
            data=data,
            headers=headers,
            base_url=self.base_url,
            environ_overrides=self.environ,
            **options,
        )

    def csrf_token(self) -> str:
        """The token in the pages of this visitor's session; every page of ours carries one."""
        page = self.get("/no-such-page")
        found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        assert found, "the page carries no CSRF token"
        return found[1]

    def log_in(self, email: str, password: str, *, goes_to: str = "") -> TestResponse:
        return self.post("/login", {"email": email, "password": password, "next": goes_to})

    def is_logged_in(self) -> bool:
        return self.get("/settings").status_code == 200

    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in (self.client._cookies or {}).values()}

    def becomes(self, database: Database, person_id: int, moment: Any) -> "Visitor":
        """Be logged in without the form."""
        with database.write() as db:
            token = sessions.start(db, person_id, moment.now)
        with self.client.session_transaction(base_url=self.base_url) as kept:
            kept.update(token=token, seen=int(moment.now.timestamp()))
        return self
