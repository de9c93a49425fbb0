"""A calendar file (iCalendar, RFC 5545) of whole days. Pure: entries in, text out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

LINE_OCTETS = 75  # RFC 5545, 3.1


@dataclass(frozen=True, slots=True)
class Entry:
    """Whole days from `first` to before `end`."""

    uid: str
    first: date
    end: date
    summary: str


def calendar_text(name: str, entries: Iterable[Entry], *, stamp: datetime) -> str:
    """The file; lines end with CRLF and are folded at 75 octets of UTF-8."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//GovPlatform//Duties//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H"]
    for entry in entries:
        lines += ["BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"]
        lines += [f"DTSTART;VALUE=DATE:{entry.first:%Y%m%d}", f"DTEND;VALUE=DATE:{entry.end:%Y%m%d}"]
        lines += [f"SUMMARY:{escaped(entry.summary)}", "TRANSP:TRANSPARENT", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """Text as a property value may hold it (3.3.11)."""
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "")):
        text = text.replace(plain, safe)
    return text


def folded(line: str) -> Iterator[str]:
    """The parts of a long line; each but the first begins with a blank, and no character is cut."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE_OCTETS:
            yield part
            part, size = " ", 1
        part += character
        size += octets
    yield part
