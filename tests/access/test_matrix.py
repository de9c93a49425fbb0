"""The access matrix: every route × method × kind of actor and role × relation, generated from the URL conf."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import NoReverseMatch, ResolverMatch, reverse

from accounts.access import Gate
from accounts.kinds import Presence
from accounts.middleware import CurrentActor
from ledger import kinds
from tests.access.routes import Route, expected, routes
from tests.access.samples import sample
from tests.access.world import RELATIONS, World, import_run, undone

pytestmark = pytest.mark.django_db
ROUTES = routes()
EXPECTED = expected()
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# two answers that differ in a nonce, a token, the id of the request or the time of day are still the same answer
CHANGING = re.compile(rb'nonce="[^"]*"|value="[A-Za-z0-9]{64}"|[0-9a-f]{12}(?=<|")|\d{2}:\d{2}(:\d{2})?')


def path_of(route: Route, arguments: dict[str, Any]) -> str | None:
    """The address of a route; None for a pattern that cannot be reversed (the admin's catch-all)."""
    try:
        return reverse(route.name, kwargs={name: arguments[name] for name in route.params})
    except NoReverseMatch:
        return None


def somewhere(route: Route, world: World) -> str | None:
    """An address of the route whose object does not exist, so that nothing but the gate can let in or refuse."""
    given = sample(route.name, world) if route.params else None
    return path_of(route, given.absent if given else {})


@cache
def site() -> ClientHandler:
    """The whole middleware, without what the test client adds."""
    handler = ClientHandler()
    handler.load_middleware()
    return handler


def ask(world: World, who: str, method: str, path: str, *, csrf: bool = False, brief: bool = False) -> HttpResponse:
    """The site's answer, undone.

    Arguments:
        brief: ask for refusals as JSON, which are made ten times faster than pages.
    """
    request = WSGIRequest(RequestFactory().generic(method, path, **world.browsers[who]).environ)  # type: ignore[arg-type]
    if brief:
        request.META["HTTP_ACCEPT"] = "application/json"
    request._dont_enforce_csrf_checks = not csrf  # type: ignore[attr-defined]
    with undone():
        answer: HttpResponse = site().get_response(request)  # type: ignore[assignment]
    return answer


def body(answer: HttpResponse, path: str) -> bytes:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return CHANGING.sub(b"", content.replace(path.encode(), b"").replace(quote(path, safe="").encode(), b""))


def refusal(route: Route, who: str) -> set[int]:
    """What the gate answers to an actor it does not admit."""
    assert route.rule is not None
    if route.rule.gate is Gate.CLOSED:
        return {404}
    if route.rule.gate is Gate.CLIENT:
        return {403} if who == "client" else {401}
    return {302} if who == "anonymous" else {403}


@contextmanager
def writes() -> Iterator[list[str]]:
    """Statements inside that change rows."""
    found: list[str] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(r"\s*(INSERT|UPDATE|DELETE|WITH[\s\S]*\b(INSERT INTO|DELETE FROM)\b)", sql):
            found.append(sql[:90])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def test_every_route_declares_its_rule() -> None:
    assert [route.name for route in ROUTES if route.rule is None] == []


def test_every_route_has_the_rule_that_is_written_down() -> None:
    assert {route.key: route.rule_text for route in ROUTES} == EXPECTED["routes"]


def test_every_route_with_arguments_has_a_sample(world: World) -> None:
    missing = [route.name for route in ROUTES if route.params and somewhere(route, world) is None]
    assert [name for name in missing if not name.startswith("admin:")] == [], "add to tests/access/samples.py"


def test_every_actor_of_the_table_is_tried(world: World) -> None:
    assert set(EXPECTED["case"]) == set(world.actors)


def at_the_gate(route: Route, actor: Any) -> int:
    """Status the gate answers with, or 0 for "come in"; the view is not called."""
    request = RequestFactory().get("/")
    request._presence = Presence(actor)  # type: ignore[attr-defined]
    request.resolver_match = ResolverMatch(route.view, (), {}, route.name)
    try:
        answer = CurrentActor(HttpResponse).process_view(request, route.view, (), {})
    except PermissionDenied:
        return 403
    except Http404:
        return 404
    return answer.status_code if answer is not None else 0


def test_the_gate_lets_in_whom_the_rule_admits_and_nobody_else(world: World) -> None:
    wrong, tried = [], 0
    for route in ROUTES:
        assert route.rule is not None
        for who, actor in world.actors.items():
            tried += 1
            wanted = {0} if route.rule.admits(actor) else refusal(route, who)
            status = at_the_gate(route, actor)
            if status not in wanted:
                wrong.append(f"{route.name}: {who} gets {status}")
    assert not wrong, "\n".join(wrong)
    assert tried > 1500


def someone(world: World, route: Route, *, admitted: bool) -> str | None:
    """A named actor the rule admits, or one it does not."""
    assert route.rule is not None
    named = [who for who in world.actors if route.rule.admits(world.actors[who]) == admitted and who != "anonymous"]
    return named[0] if named else None


def test_no_method_goes_round_the_gate_or_breaks(world: World) -> None:
    wrong = []
    for route in ROUTES:
        path = somewhere(route, world)
        if path is None or route.rule is None:
            continue
        inside, outside = someone(world, route, admitted=True), someone(world, route, admitted=False)
        tries = [(method, inside) for method in METHODS]
        tries += [(method, who) for method in ("GET", "POST") for who in (outside, "anonymous")]
        for method, who in tries:
            if who is not None:
                status = ask(world, who, method, path, brief=who == inside and method != "GET").status_code
                refused = not route.rule.admits(world.actors[who])
                lost_form = {401} if (method, who) == ("POST", "anonymous") else set()
                if status >= 500 or (refused and status not in refusal(route, who) | lost_form):
                    wrong.append(f"{route.name}: {method} by {who} gets {status}")
    assert not wrong, "\n".join(wrong)


def test_reading_changes_no_row(world: World) -> None:
    wrong = []
    for route in ROUTES:
        who = someone(world, route, admitted=True) or "anonymous"
        given = sample(route.name, world) if route.params else None
        arguments = given.there if given else {}
        if given is not None and given.cases is not None:
            arguments = given.cases(world, world.case(who, "own"))
        path = path_of(route, arguments) if arguments is not None else None
        if path is None:
            continue
        with writes() as found:
            status = ask(world, who, "GET", path).status_code
        found = [
            sql for sql in found if not any(known in sql for known in EXPECTED["reading_writes"].get(route.key, ()))
        ]
        if found or status >= 500:
            wrong.append(f"{route.name}: by {who} {status} {found}")
    assert not wrong, "\n".join(wrong)


def case_routes(world: World) -> list[tuple[Route, Any]]:
    pairs = [(route, sample(route.name, world)) for route in ROUTES if route.params]
    return [(route, given) for route, given in pairs if given is not None and given.cases is not None]


def with_every_relation(world: World, route: Route, given: Any, who: str, method: str) -> Iterator[str]:
    """What is wrong with one route, actor and method, over all relations."""
    absent = path_of(route, given.absent) or ""
    brief = method != "GET"
    gone = ask(world, who, method, absent, brief=brief)
    if gone.status_code == 405:
        return
    nothing = gone.status_code, body(gone, absent)
    for relation in RELATIONS:
        if relation not in world.shared and (who, relation) not in world.cases:
            continue
        path = path_of(route, given.cases(world, world.case(who, relation))) or ""
        here = ask(world, who, method, path, brief=brief)
        sees = relation in EXPECTED["case"][who] or relation in given.wider.get(who, ())
        if here.status_code >= 500:
            yield f"{relation}: breaks with {here.status_code}"
        elif sees and here.status_code == 404 and not given.acts:
            yield f"{relation}: is told that it is not there"
        elif not sees and (here.status_code, body(here, path)) != nothing:
            yield f"{relation}: learns that it exists ({here.status_code} instead of {gone.status_code})"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_case_shows_itself_to_whom_the_table_says(world: World, method: str) -> None:
    wrong, tried = [], 0
    for route, given in case_routes(world):
        for who, actor in world.actors.items():
            if route.rule is not None and route.rule.admits(actor):
                tried += 1
                wrong += [
                    f"{route.name}: {method} by {who}: {what}"
                    for what in with_every_relation(world, route, given, who, method)
                ]
    assert not wrong, "\n".join(wrong)
    assert tried > 50


def test_what_nobody_may_see_answers_like_what_is_not_there(world: World) -> None:
    wrong, tried = [], set[str]()
    for route in ROUTES:
        given = sample(route.name, world) if route.params else None
        if given is None or given.hidden is None or route.rule is None:
            continue
        admitted = [who for who, actor in world.actors.items() if who != "anonymous" and route.rule.admits(actor)]
        for who, method in product(admitted, ("GET", "POST")):
            paths = path_of(route, given.hidden) or "", path_of(route, given.absent) or ""
            here, gone = (ask(world, who, method, path, brief=method == "POST") for path in paths)
            if (here.status_code, body(here, paths[0])) != (gone.status_code, body(gone, paths[1])):
                wrong.append(f"{route.name}: {method} by {who} {here.status_code} instead of {gone.status_code}")
            tried.add(route.name)
    assert not wrong, "\n".join(wrong)
    assert {"imports_run", "grids_zoning_draft", "service_mine", "service_personal", "accounts_user"} <= tried


def test_an_import_opens_to_the_department_that_sent_it_and_to_no_other(world: World) -> None:
    stranger = world.nobodys.pk
    tried = set()
    for kind, (who, actor) in product(kinds.imports.values(), world.actors.items()):
        if not actor.may(kind.right):
            continue
        for department, wanted in ((actor.department_id, 200), (stranger, 404)):
            path = reverse("imports_run", kwargs={"run_id": import_run(kind.key, department)})
            assert ask(world, who, "GET", path).status_code == wanted, (kind.key, who, department)
            tried.add((kind.key, wanted))
    assert tried == set(product(kinds.imports, (200, 404)))


def test_a_form_from_another_site_is_refused_everywhere(world: World) -> None:
    wrong = []
    for route in ROUTES:
        path, who = somewhere(route, world), someone(world, route, admitted=True)
        if path is None or who is None or route.rule is None or route.rule.gate is Gate.CLIENT:
            continue
        status = ask(world, who, "POST", path, csrf=True).status_code
        if status not in (403, 405) and not getattr(route.view, "csrf_exempt", False):
            wrong.append(f"{route.name}: {status}")
    assert not wrong, "\n".join(wrong)
