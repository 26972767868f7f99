"""What Spark raises when a run fails, in one line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark.errors import PySparkException

from listings.engines.engine import Unavailable

LOST = (ConnectionError, EOFError, Py4JNetworkError)
"""What a call gets when Spark's Java process is gone."""

FAILED = (PySparkException, Py4JError, *LOST)
"""What a call gets when a job fails. Spark translates some of Java's exceptions, and leaves others as
they come from Py4J: https://www.py4j.org/py4j_java_protocol.html
"""

_CLASS = re.compile(r"^(?:Caused by: |: )?(?:[\w.$]+\.[\w$]*(?:Exception|Error|Throwable): )?")
_ABORT = "Job aborted"
_TRACEBACK = "Traceback (most recent call last):"


@contextmanager
def told() -> Iterator[None]:
    """Raises Unavailable, with the reason in one line, for what Spark raises in the block."""
    try:
        yield
    except FAILED as error:
        raise Unavailable(f"Spark gave up: {reason(error)}") from error


def reason(error: Exception) -> str:
    """Why a run failed: the line of a worker's traceback, of an aborted job or of Java's innermost cause."""
    if isinstance(error, LOST):
        return (
            "its Java process ended before the work was done, most often for want of memory; "
            "spark.driver.memory in spark-defaults.conf gives it more"
        )
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    if _TRACEBACK in lines:
        return lines[-1].removeprefix("RuntimeError: ")
    aborted = [line for line in lines if _ABORT in line]
    causes = [line for line in lines if line.startswith(("Caused by: ", ": "))]
    return _CLASS.sub("", (aborted or causes[-1:] or lines)[0])
