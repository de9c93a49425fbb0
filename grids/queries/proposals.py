"""What the grid compiler is asked about a draft, and what it proposed."""

import json
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


# What stands on a shared line belongs to the first ring, so that it is counted once. A house number without a building
# counts as one without an outline.
_BUILDINGS = """
WITH ring AS (SELECT code, ST_GeomFromWKB(shape, 4326) AS shape FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape)),
     thing AS (
  SELECT b.code, b.point, b.shape, coalesce(a.households, b.households, 0) AS households,
         coalesce(b.residents, 0) AS residents, b.activity
    FROM grids_building b LEFT JOIN grids_address a ON a.id = b.house_id
  UNION ALL
  SELECT a.code, a.point, NULL, a.households, 0, 0 FROM grids_address a
   WHERE a.kind = 'house' AND NOT EXISTS (SELECT FROM grids_building b WHERE b.house_id = a.id))
SELECT DISTINCT ON (thing.code) thing.code, ST_X(thing.point), ST_Y(thing.point), thing.households, thing.residents,
       thing.activity,
       CASE WHEN ST_Covers(ring.shape, thing.shape) AND NOT ST_Touches(thing.shape, ST_Boundary(ring.shape))
            THEN ST_AsGeoJSON(ST_ExteriorRing(thing.shape), 8) END, ring.code
  FROM ring JOIN thing ON ST_Covers(ring.shape, thing.point) ORDER BY thing.code, ring.code
"""
_BARRIERS = """
SELECT kind, ST_AsGeoJSON(line, 8), strength FROM grids_barrier
 WHERE ST_Intersects(line, ST_GeomFromWKB(%s, 4326)) ORDER BY code
"""


def ground(state: DraftState, settings: Mapping[str, Any]) -> Ground:
    """What is asked: base grids joined to rings, what stands in them, barriers, today's grids. Two statements.

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
        "barriers": _barriers(state),
        "present": [
            {"code": code, "parent": name, "ring": closed_degrees(base[code])}
            for name, (_ring, codes) in asked.items()
            for code in codes
        ],
        "alternatives": ALTERNATIVES,
        **settings,
        "weights": _in_households(settings["weights"], buildings),
    }
    divided = {code for _ring, codes in asked.values() for code in codes}
    return Ground(question, tuple(sorted(state.parts.keys() - divided)))


def _in_households(weights: Mapping[str, float], buildings: list[dict[str, Any]]) -> dict[str, float]:
    """The weights scaled so that all together weigh as much as the households: the target stays a number of them."""
    total = sum(weights[name] * row[name] for row in buildings for name in weights)
    households = sum(row["households"] for row in buildings)
    scale = households / total if households and total else 1.0
    return {name: weight * scale for name, weight in weights.items()}


def _buildings(rings: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_BUILDINGS, [list(rings), [wkb(ring) for ring in rings.values()]])
        return [
            {
                "id": code,
                "place": (lon, lat),
                "parent": parent,
                "households": households,
                "residents": residents,
                "activity": activity,
                "shape": json.loads(shape)["coordinates"] if shape else None,
            }
            for code, lon, lat, households, residents, activity, shape, parent in cursor.fetchall()
        ]


def _barriers(state: DraftState) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_BARRIERS, [wkb(state.outline)])
        return [
            {"kind": kind, "line": json.loads(line)["coordinates"], "strength": strength}
            for kind, line, strength in cursor.fetchall()
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
