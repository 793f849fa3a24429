"""Logs: one JSON object a line, or coloured lines on a terminal; to standard error; never a secret."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

from connector.store.errors import OUT_OF_REACH

_SECRET = re.compile(r"password|secret|token|authorization|cookie|credential", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(://[^/@\s:]*):[^/@\s]+@")
_HIDDEN = "***"


def configure(form: str = "auto", level: str = "info") -> None:
    """Set up logging for the whole process, libraries included (those from warnings on).

    :param form: ``json``, ``console``, or ``auto``: console on a terminal, else json.
    """
    on_terminal = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        in_one_line,
        hide_secrets,
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if on_terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("connector").setLevel(level.upper())


def get(name: str = "connector") -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return logger


def in_one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A database that fails is no mystery of the program: its own words, without the way that led there, at each of many polls."""
    given = event.get("exc_info")
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, OUT_OF_REACH):
        del event["exc_info"]
        event["reason"] = " ".join(str(error.orig).split())
    return event


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Nothing is logged that is named like a secret, nor a password within an address. A second lock: nobody should."""
    for key, value in event.items():
        if _SECRET.search(str(key)):
            event[key] = _HIDDEN
        elif isinstance(value, str):
            event[key] = _IN_ADDRESS.sub(rf"\1:{_HIDDEN}@", value)
    return event
