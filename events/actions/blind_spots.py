"""The report of blind spots becomes work: one case for each kind of hole in a village, as long as it is found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.engine import NewCase, apply, open_case, submission_hash
from events.models import BlindSpot
from events.queries.blind_spots import PREFIX, desk_for
from grids.kinds import HOLES
from grids.queries import children_of, city_day, division_by_code, townships
from grids.queries.blind_spots import PERSONS, Hole, person_holes, place_holes
from ledger.actors import CLOCK
from ledger.promises import promise

CODES = 50  # kept with the case; the page of the report has them all
Key = tuple[str, str, str]  # kind of hole, scheme, village
# state of a case → the move of the clock when its hole is found no more
ENDS = {"found": "vanish", "taken": "propose_end"}


@dataclass(frozen=True, slots=True)
class _Spot:
    """All holes of one kind in a village; counts and codes, no person."""

    path: str
    name: str
    count: int
    area: float
    codes: tuple[str, ...]


def look_every_night(*, now: datetime) -> bool:
    """Promise the report once for each day of the city, in its first hour or as soon as there is somebody to do it."""
    promise("events.blind_spots", key=f"events.blind_spots:{city_day(now)}", payload={}, now=now)
    return False


def find_blind_spots(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Look for blind spots and bring the cases to what is found: opened, kept, ended.

    Runs in ledger's transaction. The whole city is shared out: a promise for each township, and one for what is about
    persons, who may serve in several. Where nobody could mend a hole it stands in the report only.

    Arguments:
        payload: within (territory path; without it the look is shared out), persons (True: what is about persons).
    """
    on = city_day(now)
    if "within" not in payload:
        _share_out(promise_id, on, now)
        return
    within, persons = payload["within"], payload.get("persons", False)
    found = _spots((person_holes if persons else place_holes)(on=on, within=within), on)
    kinds = [kind for kind in HOLES if (kind in PERSONS) == persons]
    rows = BlindSpot.objects.filter(case__closed=False, case__path__startswith=within, kind__in=kinds)
    known = {(row.kind, row.scheme, row.village): row for row in rows.select_related("case")}
    for key, row in known.items():
        spot = found.get(key)
        if spot is not None:
            _keep(row, spot, on, now)
        elif row.case.state in ENDS:
            _move(row, ENDS[row.case.state], now)
    for key, spot in found.items():
        if key not in known and desk_for(spot.path, on) is not None:
            _open(key, spot, on, now)


def _share_out(promise_id: int, on: date, now: datetime) -> None:
    for root in children_of("", on=on):
        key = f"events.blind_spots:{promise_id}:{root.code}"
        promise("events.blind_spots", key=key, payload={"within": root.path, "persons": True}, now=now)
    for township in townships(on=on):
        key = f"events.blind_spots:{promise_id}:{township.code}"
        promise("events.blind_spots", key=key, payload={"within": township.path}, now=now)


def _spots(holes: Iterable[Hole], on: date) -> dict[Key, _Spot]:
    groups: dict[Key, list[Hole]] = {}
    for hole in holes:
        groups.setdefault((hole.kind, hole.scheme, hole.village), []).append(hole)
    return {key: _spot(key, group, on) for key, group in groups.items()}


def _spot(key: Key, group: list[Hole], on: date) -> _Spot:
    village = division_by_code(key[2], on=on)
    codes = sorted({code for hole in group for code in hole.codes if code})
    return _Spot(
        path=village.path if village is not None else group[0].path,
        name=village.name_zh if village is not None else key[2],
        count=sum(hole.count for hole in group) if key[0] in ("houses", "moving") else len(group),
        area=sum(hole.area for hole in group),
        codes=tuple(codes[:CODES]),
    )


def _open(key: Key, spot: _Spot, on: date, now: datetime) -> None:
    kind, scheme, village = key
    new = NewCase(
        kind="blind_spot",
        title=f"{HOLES[kind][0]}（{spot.name}）",
        category=f"{PREFIX}{kind}",
        source="inspection",
        path=spot.path,
        answers={"hole": kind, "scheme": scheme},
    )
    # the next one of this kind in this village, so that two reports at once open one case
    before = BlindSpot.objects.filter(kind=kind, scheme=scheme, village=village).count()
    name = f"{PREFIX}{kind}:{scheme}:{village}:{before}"
    facts = BlindSpot(kind=kind, scheme=scheme, village=village)
    _fill(facts, spot, on)
    open_case(
        new, actor=CLOCK, now=now, submission_key=name, submission_hash=submission_hash(name),
        own=lambda case: [_of_case(facts, case.pk)],
    )  # fmt: skip


def _of_case(row: BlindSpot, case_id: int) -> BlindSpot:
    row.case_id = case_id
    return row


def _fill(row: BlindSpot, spot: _Spot, on: date) -> None:
    row.count, row.area, row.codes, row.seen_on = spot.count, spot.area, list(spot.codes), on


def _keep(row: BlindSpot, spot: _Spot, on: date, now: datetime) -> None:
    if row.case.state == "gone":
        _move(row, "come_back", now)
    _fill(row, spot, on)
    row.save(update_fields=["count", "area", "codes", "seen_on"])


def _move(row: BlindSpot, transition: str, now: datetime) -> None:
    apply(case_id=row.case_id, transition=transition, actor=CLOCK, now=now, expected_version=None)
