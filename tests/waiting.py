"""Waiting for something to become true, instead of sleeping."""

import threading
from collections.abc import Callable


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition; fail when it doesn't come true in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError(f"it did not come true within {seconds} seconds")
