"""Filling in and sending an application: a resident for himself, a clerk at the counter for somebody."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ActorRequest, requires, signed_in
from cases.forms import refuse
from cases.views.uploads import carried, store_all, taken_up
from ledger.actors import ActorKind
from ledger.clock import app_now
from ledger.queries import notice_shown
from services import actions, queries
from services.forms import ApplicationForm, initial_of
from services.kinds import NOTICE
from services.queries import ItemRow

BOTH = require_http_methods(["GET", "HEAD", "POST"])
Papers = Mapping[str, Sequence[UUID]]


def _item(code: str) -> ItemRow:
    found = queries.item_by_code(code, app_now())
    if found is None:
        raise Http404
    return found


@never_cache
@BOTH
@signed_in
def apply(request: ActorRequest, code: str) -> HttpResponse:
    """The resident's form: kept as a draft at every sending, so that nothing typed or photographed is lost."""
    item = _item(code)
    if request.actor.kind is not ActorKind.RESIDENT:
        return render(request, "services/not_resident.html", {"item": item}, status=403)
    if request.method != "POST":
        return _page(request, item, _blank(request, item), 200)
    form, papers = _received(request, item)
    actions.save_draft(actor=request.actor, item_id=item.id, answers=form.raw(), materials=papers)
    if "draft" in request.POST or "frame" in request.POST:
        if "draft" in request.POST:
            messages.success(request, _("Your draft is kept for 30 days. You can go on at any time."))
        return redirect("service_apply", code=code)
    return _sent(request, item, form, papers)


@never_cache
@BOTH
@requires("services.file")
def file_for(request: ActorRequest, code: str) -> HttpResponse:
    """The same form at the counter, with the reason why it is filed for somebody."""
    item = _item(code)
    if request.method != "POST":
        return _page(request, item, _blank(request, item, counter=True), 200)
    form, papers = _received(request, item, counter=True)
    return _sent(request, item, form, papers)


@require_POST
@signed_in
def drop(request: ActorRequest, code: str) -> HttpResponse:
    """Throw the draft away."""
    if actions.drop_draft(actor=request.actor, item_id=_item(code).id):
        messages.success(request, _("The draft was thrown away."))
    return redirect("service_item", code=code)


def _blank(request: ActorRequest, item: ItemRow, *, counter: bool = False) -> ApplicationForm:
    draft = None if counter else queries.draft_of(request.actor, item.id)
    answers = actions.own_draft(actor=request.actor, item_id=item.id) if draft else {}
    files = {key: [UUID(one) for one in ids] for key, ids in draft.files.items()} if draft else {}
    initial = {
        **initial_of(item, answers),
        "submission_key": f"service-{uuid4().hex}",
        "edition": item.edition,
        "kept": _carry(files),
    }
    return ApplicationForm(item=item, counter=counter, stored=files, initial=initial)


def _carry(papers: Papers) -> str:
    """Stored photos of every paper, signed, for a hidden field."""
    return " ".join(f"{key}={carried(files)}" for key, files in papers.items() if files)


def _carried(text: str) -> dict[str, list[UUID]]:
    pairs = (part.partition("=") for part in text.split())
    return {key: taken_up(signed) for key, _equals, signed in pairs}


def _received(
    request: ActorRequest, item: ItemRow, *, counter: bool = False
) -> tuple[ApplicationForm, dict[str, list[UUID]]]:
    """The form as it came, and its photos: stored at once, so that another mistake does not lose them."""
    papers = _carried(request.POST.get("kept", ""))
    faults: dict[str, list[str]] = {}
    for paper in item.materials:
        name = f"material_{paper.key}"
        try:
            new = store_all(request.FILES.getlist(name), actor=request.actor, staff=False)
        except ValidationError as error:
            faults[name], new = error.messages, []
        papers[paper.key] = [*papers.get(paper.key, []), *new]
    data = request.POST.copy()
    data["kept"] = _carry(papers)
    form = ApplicationForm(data, item=item, counter=counter, stored=papers)
    for name, texts in faults.items():
        form.add_error(name, texts)
    return form, papers


def _sent(request: ActorRequest, item: ItemRow, form: ApplicationForm, papers: Papers) -> HttpResponse:
    """Send it; what is refused is said beside its field and nothing is lost."""
    if form.is_valid():
        data = form.cleaned_data
        application = actions.Application(
            code=item.code, edition=data["edition"], answers=form.raw(), materials=papers,
            purpose=data.get("purpose", ""),
            notice=notice_shown(NOTICE, request.POST.get("notice", ""), localtime(app_now()).date()),
        )  # fmt: skip
        try:
            receipt = actions.apply_for(
                actor=request.actor, application=application, submission_key=data["submission_key"]
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Received: %(number)s") % {"number": receipt.number})
            at_desk = request.actor.kind is ActorKind.MEMBER
            return redirect("cases:case_file" if at_desk else "service_mine", number=receipt.number)
    return _page(request, item, form, 422)


def _page(request: ActorRequest, item: ItemRow, form: ApplicationForm, status: int) -> HttpResponse:
    at_desk = request.actor.kind is ActorKind.MEMBER
    template = "services/file_for.html" if at_desk else "services/apply.html"
    draft = None if at_desk else queries.draft_of(request.actor, item.id)
    context: dict[str, Any] = {"item": item, "form": form, "draft": draft, "frame_form": "" if at_desk else "apply"}
    return render(request, template, context, status=status)
