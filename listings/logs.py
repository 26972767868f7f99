"""Logs as one JSON object a line, holding ids and kinds and never anybody's data.

Our own events are structlog's, with keys chosen by us. Records of libraries are kept from WARNING
on and only by their template: the values a library would fill in may be addresses or texts.
"""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send our events from `level` on, and the warnings of libraries, to `stream` (standard error)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_texts_of_errors,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = _TemplateHandler()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def failure(error: BaseException) -> dict[str, Any]:
    """The kind of an error and the places it came through ("web/inbox.py:41 reply"), without its text."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    places = traceback.extract_tb(error.__traceback__)
    return {
        "error": " < ".join(f"{type(each).__module__}.{type(each).__qualname__}" for each in chain),
        "places": [f"{'/'.join(each.filename.split('/')[-2:])}:{each.lineno} {each.name}" for each in places],
    }


class _TemplateHandler(logging.Handler):
    """Passes a library's record on as one event: logger, template, and the kind of error."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            template=str(record.msg)[:200],
            **(failure(error) if error else {}),
        )


def _without_texts_of_errors(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(failure(error))
    return event
