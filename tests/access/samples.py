"""Objects for routes with arguments. A route that is not here fails the matrix: say what is there, hidden and absent.

`there` are arguments of an object that exists and is ours to see; `absent` of one that does not exist; `hidden` of one
that exists and that nobody who may call the route may see. `cases` marks routes whose object is a case or hangs on one:
they are tried with every relation; `acts` says that the case's state has a say as well, so that 404 may mean "not now".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from accounts.models import ApiClient, Department, Membership, User
from cases.models import Case
from tests.access.world import World

NOTHING = UUID("01900000-0000-7000-8000-000000000000")
NO_NUMBER = "3709029999010100001"
NO_ID = 99999999
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """Arguments of one route."""

    absent: Arguments
    there: Arguments | None = None
    hidden: Arguments | None = None
    cases: Callable[[World, Case], Arguments] | None = None
    acts: bool = False
    wider: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # who sees more than the table of cases says


def _case(*, acts: bool = False, **more: Any) -> Callable[[World], Sample]:
    return lambda world: Sample(
        absent={"number": NO_NUMBER, **more}, cases=lambda world, case: {"number": case.number, **more}, acts=acts
    )


def _public_side(world: World) -> Sample:
    """The public side of a case: also of those in the area of the client's department, which is the whole city."""
    everything = ("same_grid", "same_department", "other_department", "other_county")
    return replace(_case()(world), wider={"client": everything})


def _step(world: World) -> Sample:
    return Sample(
        absent={"number": NO_NUMBER, "assignment": NO_ID},
        cases=lambda world, case: {"number": case.number, "assignment": world.steps[case.pk]},
        acts=True,
    )


def _document(world: World) -> Sample:
    return Sample(
        absent={"number": NO_NUMBER, "document_id": NOTHING},
        cases=lambda world, case: {"number": case.number, "document_id": world.documents[case.pk]},
    )


def _photo(world: World) -> Sample:
    return Sample(
        absent={"file": NOTHING, "variant": "small"},
        cases=lambda world, case: {"file": world.photos[case.pk], "variant": "small"},
    )


def _token(**more: Any) -> Callable[[World], Sample]:
    def sample(world: World) -> Sample:
        return Sample(absent={"token": "a" * 32, **more}, there={"token": next(iter(world.tokens.values())), **more})

    return sample


def _with(sample: Sample, **more: Any) -> Sample:
    """The same with further arguments."""
    there = {**sample.there, **more} if sample.there is not None else None
    return replace(sample, absent={**sample.absent, **more}, there=there)


def _open311_request(world: World) -> Sample:
    """A public case: everybody reads it."""
    return Sample(
        absent={"number": NO_NUMBER, "form": "json"},
        there={"number": world.shared["same_grid"].number, "form": "json"},
    )


def _user(world: World) -> Sample:
    resident = User.objects.get(username="resident")
    worker = User.objects.get(username="gw01")
    return Sample(absent={"user_id": NO_ID}, there={"user_id": worker.pk}, hidden={"user_id": resident.pk})


def _of(model: Any, parameter: str) -> Callable[[World], Sample]:
    def sample(world: World) -> Sample:
        first = model.objects.order_by("pk").first()
        there = {parameter: first.pk} if first is not None else None
        return Sample(absent={parameter: NO_ID}, there=there)

    return sample


def _fixed(absent: Arguments, there: Arguments | None = None) -> Callable[[World], Sample]:
    return lambda world: Sample(absent=absent, there=there)


def _of_another(parameter: str, absent: Any, what: str, **more: Any) -> Callable[[World], Sample]:
    """An object that exists and is somebody else's."""
    return lambda world: Sample(absent={parameter: absent, **more}, hidden={parameter: world.others[what], **more})


def _not_ours(**more: Any) -> Callable[[World], Sample]:
    """An application of somebody unknown in a county nobody here has."""
    return _of_another("number", NO_NUMBER, "matter", **more)


# route name pattern → sample; the first that fits
SAMPLES: tuple[tuple[str, Callable[[World], Sample]], ...] = (
    ("cases:notice", _token(document_id=NOTHING)),
    ("cases:request_notice", _token()),
    ("cases:document", _document),
    ("cases:track_photo", _token(file=NOTHING, variant="small")),
    ("cases:tracking", _token()),
    ("cases:reply", _token()),
    ("cases:withdraw", _token()),
    ("service_mine", _not_ours()),
    ("service_supplied", _not_ours()),
    ("service_withdraw", _not_ours()),
    ("service_opinion", _not_ours(transition="review_first")),
    ("service_supplement", _not_ours()),
    ("service_supply", _not_ours()),
    ("service_grant", _not_ours()),
    ("service_refuse", _not_ours()),
    ("service_personal", _not_ours()),
    ("service_licence", _fixed({"licence_id": NOTHING})),
    ("service_licence_pdf", _fixed({"licence_id": NOTHING})),
    ("service_revoke", _fixed({"licence_id": NOTHING})),
    ("licence_verify_code", _fixed({"token": "A" * 55}, {"token": "A" * 55})),
    ("service_item_edit", _fixed({"edition": NO_ID, "code": "000000000000"})),
    ("service_*", _fixed({"code": "000000000000"})),
    ("cases:move", _case(acts=True, transition="file")),
    ("cases:person_act", _case(acts=True, act="end")),
    ("cases:claim", _step),
    ("cases:hand_over", _step),
    ("cases:photo", _photo),
    ("cases:inbox_view", _fixed({"view": "nothing"}, {"view": "mine"})),
    ("cases:case_tile", _fixed({"z": 30, "x": 0, "y": 0}, {"z": 12, "x": 3380, "y": 1608})),
    ("cases:api_case", _public_side),
    ("cases:rule_edit", _fixed({"edition": NO_ID, "code": "none"})),
    ("cases:rule_new", _fixed({"edition": NO_ID})),
    ("cases:simulation_start", _fixed({"kind": "routing", "number": NO_ID})),
    ("cases:simulation_act", _fixed({"kind": "routing", "number": NO_ID, "run": NO_ID, "act": "stop"})),
    ("cases:simulation", _fixed({"kind": "routing", "number": NO_ID, "run": NO_ID})),
    ("cases:simulations", _fixed({"kind": "routing", "number": NO_ID}, {"kind": "routing", "number": 1})),
    ("cases:edition_kind", _fixed({"kind": "nothing"}, {"kind": "routing"})),
    ("cases:edition_draft", _fixed({"kind": "nothing"})),
    ("cases:edition_move", _fixed({"kind": "routing", "number": NO_ID, "move": "approve"})),
    ("cases:edition", _fixed({"kind": "routing", "number": NO_ID}, {"kind": "routing", "number": 1})),
    ("wage_order", _fixed({"number": NO_NUMBER})),
    ("wage_payment", _fixed({"number": NO_NUMBER})),
    ("wage_project", _fixed({"code": "nothing"})),
    ("wages_project", _fixed({"code": "nothing"})),
    ("wage_rule_edit", _fixed({"edition": NO_ID, "code": "nothing"})),
    ("wages_confirm", _fixed({"line": NO_ID, "month": "2026-09"})),
    ("wages_dispute", _fixed({"line": NO_ID, "month": "2026-09"})),
    ("cases:*", _case()),
    ("field_visit", _case(acts=True, transition="check_passed")),
    ("field_case", _case()),
    ("event_check", _case(acts=True, transition="check_passed")),
    ("event_*", _case(acts=True)),
    ("api_report", _case()),
    ("events_released_photo", _fixed({"file": NOTHING, "variant": "small"})),
    ("events_category_new", _fixed({"edition": NO_ID})),
    ("events_category", _fixed({"edition": NO_ID, "code": "event/01/0101"})),
    ("events_place", _fixed({"code": "999999"}, {"code": "370902900"})),
    ("events_*", _token()),
    ("api_project", _fixed({"code": "nothing"})),
    ("api_service", _fixed({"code": "nothing"})),
    ("api_matter", _not_ours()),
    ("open311_service", _fixed({"code": "nothing", "form": "json"}, {"code": "event-01-0112", "form": "xml"})),
    ("open311_request", _open311_request),
    ("open311_token", lambda world: _with(_token()(world), form="json")),
    ("open311_*", _fixed({"form": "json"}, {"form": "xml"})),
    ("ogc_item", _fixed({"key": "divisions", "feature": "nothing"}, {"key": "divisions", "feature": "370902"})),
    ("ogc_*", _fixed({"key": "nothing"}, {"key": "divisions"})),
    ("grids_change_set_move", _of_another("set_id", NO_ID, "change_set", move="submit")),
    ("grids_set_proposals*", _of_another("set_id", NO_ID, "change_set")),
    ("grids_change_set*", _of_another("set_id", NO_ID, "change_set")),
    ("grids_proposals", _of_another("draft", NO_ID, "draft")),
    ("grids_proposal*", _of_another("draft", NO_ID, "draft", proposal_id=NO_ID)),
    ("grids_zoning_move", _of_another("draft", NO_ID, "draft", move="undo")),
    ("grids_zoning_*", _of_another("draft", NO_ID, "draft")),
    ("grids_duty_kinds_act", _fixed({"act": "nothing"}, {"act": "end"})),
    ("grids_duties_act", _fixed({"act": "nothing"}, {"act": "assign"})),
    ("grids_duty_calendar", _fixed({"token": "a" * 39})),
    ("grids_grid", _fixed({"code": "nothing"}, {"code": "370902900002S01"})),
    ("grids_things_export", _fixed({"kind": "nothing"}, {"kind": "buildings"})),
    ("grids_thing", _fixed({"kind": "buildings", "code": "nothing"})),
    ("grids_things", _fixed({"kind": "nothing"}, {"kind": "buildings"})),
    ("grids_post*", _fixed({"code": "nothing"}, {"code": "370902900002S01"})),
    (
        "grids_tile",
        _fixed({"layer": "nothing", "z": 12, "x": 3380, "y": 1608}, {"layer": "grids", "z": 12, "x": 3380, "y": 1608}),
    ),
    ("privacy_notice", _fixed({"key": "nothing", "version": 1}, {"key": "report", "version": 1})),
    ("accounts_hold_release", _fixed({"hold_id": NO_ID})),
    ("accounts_user*", _user),
    ("accounts_department", _of(Department, "department_id")),
    ("accounts_membership_end", _of(Membership, "membership_id")),
    ("accounts_client_revoke", _of(ApiClient, "client_id")),
    ("imports_new", _fixed({"kind": "nothing"}, {"kind": "grids.divisions"})),
    ("imports_template", _fixed({"kind": "nothing"}, {"kind": "grids.divisions"})),
    ("grids_layer_map", _of_another("run_id", NOTHING, "run")),
    ("exports_*", _of_another("job_id", NOTHING, "export")),
    ("imports_*", _of_another("run_id", NOTHING, "run")),
    ("operations_incident_*", _fixed({"incident_id": NO_ID})),
    ("operations_job*", _fixed({"job_id": NOTHING})),
    ("account_confirm_email", _fixed({"key": "x"})),
    ("account_reset_password_from_key", _fixed({"uidb36": "1", "key": "x-y"})),
    ("admin:*", _fixed({"object_id": "1", "app_label": "accounts", "content_type_id": 1, "url": "nothing"})),
)


def sample(name: str, world: World) -> Sample | None:
    """The sample of a route with arguments; None if nobody gave one."""
    found = next((make for pattern, make in SAMPLES if fnmatchcase(name, pattern)), None)
    return found(world) if found else None
