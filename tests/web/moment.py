import datetime as dt


class Moment:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def passes(self, **span: float) -> None:
        """Move on, as in passes(minutes=15)."""
        self.now += dt.timedelta(**span)
