"""What the grid compiler is asked about a draft, and what it proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from grids.models import Proposal
from grids.queries.boundaries import wkb
from grids.queries.drafts import DraftState
from grids.rules.coverage import closed_degrees
from grids.rules.grouping import joined
from ledger.models import Job

ALTERNATIVES = 3
SCHEME, DIVIDED = "service", "base"  # parks, markets, schools and sites stay what they are


@dataclass(frozen=True, slots=True)
class Ground:
    """The question of a draft, and the grids that stay as they are."""

    question: dict[str, Any]
    kept: tuple[str, ...]


# A house belongs to the first ring that holds it, so that one on a shared line is counted once.
_HOUSES = """
SELECT DISTINCT ON (a.id) a.id, ST_X(a.point), ST_Y(a.point), a.households, t.code
  FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape)
  JOIN grids_address a ON a.kind = 'house' AND ST_Covers(ST_GeomFromWKB(t.shape, 4326), a.point)
 ORDER BY a.id, t.code
"""


def ground(state: DraftState, settings: Mapping[str, Any]) -> Ground:
    """What is asked: base grids joined to rings, the houses in them, today's grids. One statement.

    A ring without households stays as it is: there is nothing to balance.
    """
    base = {code: part.ring for code, part in state.parts.items() if part.type == DIVIDED}
    groups = {f"{state.row.division_code}.{number}": group for number, group in enumerate(joined(base))}
    buildings = _buildings({name: ring for name, (ring, _codes) in groups.items()})
    weights = {name: 0.0 for name in groups}
    for row in buildings:
        weights[row["parent"]] += sum(settings["weights"][name] * row[name] for name in settings["weights"])
    asked = {name: group for name, group in groups.items() if weights[name] > 0}
    question = {
        "parents": [{"code": name, "ring": closed_degrees(ring)} for name, (ring, _codes) in asked.items()],
        "buildings": [row for row in buildings if row["parent"] in asked],
        "barriers": [],
        "present": [
            {"code": code, "parent": name, "ring": closed_degrees(base[code])}
            for name, (_ring, codes) in asked.items()
            for code in codes
        ],
        "alternatives": ALTERNATIVES,
        **settings,
    }
    divided = {code for _ring, codes in asked.values() for code in codes}
    return Ground(question, tuple(sorted(state.parts.keys() - divided)))


def _buildings(rings: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_HOUSES, [list(rings), [wkb(ring) for ring in rings.values()]])
        return [
            {
                "id": str(pk),
                "place": (lon, lat),
                "parent": parent,
                "households": households,
                "residents": 0,
                "activity": 0.0,
                "shape": None,
            }
            for pk, lon, lat, households, parent in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in the list and on its page.

    Arguments:
        state: of its job: waiting, running, done, cancelled, failed.
        done: percent.
        alternatives: as the compiler gave them; empty while there is none.
    """

    id: int
    draft: int
    settings: dict[str, Any]
    job_id: Any
    state: str
    done: int
    fault: str
    by_zh: str
    by_en: str
    at: datetime
    alternatives: list[dict[str, Any]]

    @property
    def active(self) -> bool:
        return self.state in ("waiting", "running")


def proposals_of(draft_id: int) -> list[ProposalRow]:
    """All proposals of a draft, newest first. Two statements."""
    rows = list(Proposal.objects.filter(draft=draft_id).select_related("begun_by").order_by("-pk"))
    jobs = Job.objects.in_bulk([row.job_id for row in rows if row.job_id is not None])
    found = []
    for row in rows:
        job = jobs.get(row.job_id) if row.job_id is not None else None
        person, answer = row.begun_by, row.answer or {}
        found.append(
            ProposalRow(
                row.pk,
                draft_id,
                row.settings,
                row.job_id,
                job.state if job is not None else "failed",
                job.done if job is not None else 0,
                row.fault,
                person.display_name,
                person.display_name_en,
                row.begun_at,
                answer.get("alternatives", []),
            )
        )
    return found


def proposal(draft_id: int, proposal_id: int) -> ProposalRow | None:
    """One proposal of a draft."""
    return next((row for row in proposals_of(draft_id) if row.id == proposal_id), None)
