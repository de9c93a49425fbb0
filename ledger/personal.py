"""Registries of personal data: what people are told, and how long what they gave is kept. Reached by ledger.kinds."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """What people are told when their data is collected (PIPL 7, 17, 30, 35), in one version that never changes.

    Every text is (Chinese, English). Who processes and where to turn comes from the city folder, rights and remedy from
    the page.

    Arguments:
        version: 1, 2, …; a changed text is a new version.
        effective: first day on which it is shown.
        short: one sentence beside the form.
        fields: what is collected, one by one.
        purpose, basis, retention, recipients: what for; the clause; how long; who gets it.
    """

    version: int
    effective: date
    short: tuple[str, str]
    fields: tuple[tuple[str, str], ...]
    purpose: tuple[str, str]
    basis: tuple[str, str]
    retention: tuple[str, str]
    recipients: tuple[str, str]


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A place where personal data is collected. `versions` is the dotted name of a tuple of NoticeVersion."""

    key: str
    versions: str
    name_zh: str
    name_en: str
    forms: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """One row of the retention table; see `register_retention`."""

    key: str
    model: str
    fields: tuple[str, ...]
    basis: tuple[str, str]
    after: tuple[str, str]
    action: str
    days: int | str | None = None
    rows: str = ""
    handler: str = ""
    owner: str = ""
    what: tuple[str, str] = ("", "")


notices: dict[str, NoticeKind] = {}
retentions: dict[str, Retention] = {}


def register_notice(
    key: str,
    *,
    versions: str,
    name_zh: str,
    name_en: str,
    forms: tuple[str, ...] = (),
    templates: tuple[str, ...] = (),
) -> None:
    """Say what people are told where this data is collected. Show it with `{% notice "<key>" %}` inside the form; pass
    `notice=ledger.queries.notice_shown("<key>", request.POST.get("notice", ""), today)` to `create_person`.

    Arguments:
        key: for example "wage_claim"; part of the address /privacy/notices/<key>/<version>/.
        versions: dotted name of a tuple of NoticeVersion, oldest first.
        forms: dotted names of the form and serializer classes whose personal fields it covers.
        templates: those that show it, under templates/.
    """
    add_notice(NoticeKind(key, versions, name_zh, name_en, forms, templates))


def add_notice(notice: NoticeKind) -> None:
    """The same with a notice at hand."""
    notices[notice.key] = notice


def register_retention(
    key: str,
    *,
    model: str,
    fields: tuple[str, ...],
    basis: tuple[str, str],
    after: tuple[str, str],
    action: str,
    days: int | str | None = None,
    rows: str = "",
    handler: str = "",
    owner: str = "",
    what: tuple[str, str] = ("", ""),
) -> None:
    """A row of the retention table; every model with personal columns needs one (check ledger.E003).

    Arguments:
        key: "<app>.<what>".
        model: label of the model, "events.Report".
        fields: the personal columns this row answers for.
        basis: (Chinese, English): the clause and the reason for this length.
        after: (Chinese, English): from when the days count; with "keep" why it is kept.
        action: "erase" (values leave, the row stays), "delete" (the row leaves), "keep" (with the records).
        days: how many, or the name of the setting that says it; None with "keep".
        rows: dotted name of `(*, now) -> QuerySet` of the rows that are due: never what is under a legal hold
            (`ledger.queries.held`) or belongs to an open case.
        handler: dotted name of `(*, ids, now) -> None`, which erases these rows inside ledger's transaction; "" for
            "delete".
        owner: lookup from the model to the accounts.Person it tells of, "case__person"; then "My data" counts it for
            that person under the words of `what` (Chinese, English).
    """
    add_retention(Retention(key, model, fields, basis, after, action, days, rows, handler, owner, what))


def add_retention(row: Retention) -> None:
    """The same with a row at hand.

    Raises:
        ValueError: the parts of the row do not fit together.
    """
    fits = {
        "erase": row.days is not None and bool(row.rows) and bool(row.handler),
        "delete": row.days is not None and bool(row.rows) and not row.handler,
        "keep": row.days is None and not row.rows and not row.handler,
    }
    if not fits.get(row.action, False):
        raise ValueError(f"{row.key}: action {row.action!r} and days, rows, handler do not fit")
    if bool(row.owner) != all(row.what):
        raise ValueError(f"{row.key}: an owner needs words in both languages, and words an owner")
    retentions[row.key] = row
