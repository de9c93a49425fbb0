"""Loading who answers for a grid."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from grids.actions.periods import close, since
from grids.imports import DutyEntry, read_duties
from grids.imports.town import DUTIES
from grids.models import Duty, Grid
from grids.queries import city_day
from grids.queries.drafts import redrawn_codes
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder

Post = tuple[str, str]  # grid code, worker or deputy


@transaction.atomic(durable=True)
def load_duties(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Bring worker and deputy of every grid to what the folder says; a change of person begins on its `valid_from`."""
    redrawn = redrawn_codes()
    stated = [entry for entry in read_duties(folder) if entry.valid_from > redrawn.get(entry.grid, date.min)]
    wanted = _posts(stated)
    kept = _given_here(wanted)
    wanted = {post: entry for post, entry in wanted.items() if post not in kept}
    rows = {
        (row.grid.code, row.post): row
        for row in Duty.objects.filter(valid__upper_inf=True).select_related("grid", "user")
    }
    new = [post for post in wanted if post not in rows]
    changed = [post for post in wanted if post in rows and rows[post].user.username != wanted[post][0]]
    gone = [post for post in rows if post not in wanted and post[0] not in redrawn and post not in kept]
    gone = gone if stated else []
    _check(folder, changed, wanted, rows)
    change = Change(len(new), len(changed), len(gone), len(wanted) - len(new) - len(changed))
    change.lines += [
        f"~ {code} {post}: {rows[code, post].user.username} -> {wanted[code, post][0]}" for code, post in changed
    ]
    if apply and change:
        close(Duty, [rows[post].pk for post in gone], city_day(now))
        for post in changed:
            close(Duty, [rows[post].pk], wanted[post][1].valid_from)
        _write([(post, *wanted[post]) for post in (*new, *changed)])
    return change


def _posts(entries: list[DutyEntry]) -> dict[Post, tuple[str, DutyEntry]]:
    found: dict[Post, tuple[str, DutyEntry]] = {}
    for entry in entries:
        found[entry.grid, Duty.Post.WORKER] = entry.worker, entry
        if entry.deputy:
            found[entry.grid, Duty.Post.DEPUTY] = entry.deputy, entry
    return found


def _given_here(wanted: dict[Post, tuple[str, DutyEntry]]) -> set[Post]:
    """Posts the roster of the platform gave or left vacant later than the folder states: they stay."""
    kept = set()
    rows = Duty.objects.filter(valid__isempty=False).values_list("grid__code", "post", "valid", "given_by")
    for code, post, valid, given_by in rows:
        stated = wanted[code, post][1].valid_from if (code, post) in wanted else date.min
        here = given_by is not None and valid.upper is None and valid.lower >= stated
        if here or (valid.upper is not None and valid.upper > stated and (code, post) in wanted):
            kept.add((code, post))
    return kept


def _check(
    folder: CityFolder,
    changed: list[Post],
    wanted: dict[Post, tuple[str, DutyEntry]],
    rows: dict[Post, Duty],
) -> None:
    for post in changed:
        entry = wanted[post][1]
        if entry.valid_from <= rows[post].valid.lower:
            message = f"{post[0]}: another {post[1]} needs a valid_from after {rows[post].valid.lower}"
            folder.refuse_file(DUTIES, message, row=entry.line, column="valid_from")


def _write(posts: list[tuple[Post, str, DutyEntry]]) -> None:
    grids = dict(Grid.objects.filter(code__in={code for (code, _), _, _ in posts}).values_list("code", "pk"))
    users = dict(User.objects.filter(username__in={name for _, name, _ in posts}).values_list("username", "pk"))
    Duty.objects.bulk_create(
        Duty(grid_id=grids[code], user_id=users[name], post=post, valid=since(entry.valid_from))
        for (code, post), name, entry in posts
    )
