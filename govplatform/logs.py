"""Log lines: time, level, request id, logger, message. Ids only; newlines are escaped, so no input forges a line."""

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class LineFormatter(logging.Formatter):
    """One line per record."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        flat = message.replace("\r", "\\r").replace("\n", "\\n").replace("\x1b", "\\x1b")
        return f"{self.formatTime(record)} {record.levelname} {request_id.get()} {record.name} {flat}"
