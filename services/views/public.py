"""The catalogue, and checking a licence: for everybody, without signing in, without script."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from cases.kinds import workflow
from ledger.clock import app_now
from services import actions, queries, rules
from services.forms import VerifyForm

BOTH = require_http_methods(["GET", "HEAD", "POST"])
AUDIENCES = ("person", "organisation")


@require_safe
@public
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every item, found by name or everyday word."""
    text, audience = request.GET.get("q", "")[:60], request.GET.get("for", "")
    audience = audience if audience in AUDIENCES else ""
    rows = queries.search_items(text.replace("\0", ""), audience=audience, at=app_now())
    return render(request, "services/catalogue.html", {"rows": rows, "q": text, "audience": audience})


@require_safe
@public
def item(request: HttpRequest, code: str) -> HttpResponse:
    """Who may apply, with what, how long it takes and which way it goes."""
    found = queries.item_by_code(code, app_now())
    if found is None:
        raise Http404
    table = workflow("service")
    passed = rules.REVIEWS[found.review]
    reviews = [table.step(key) for key in ("first", "beside", "after") if passed[key] == "yes"]
    return render(request, "services/item.html", {"item": found, "reviews": reviews, "links": table.links})


@never_cache
@BOTH
@public
def verify(request: HttpRequest) -> HttpResponse:
    """Check by number and what only somebody in front of the holder knows."""
    form = VerifyForm(request.POST or None, initial={"number": request.GET.get("n", "")[:100]})
    if request.method == "POST" and form.is_valid():
        return _verdict(request, actions.check_by_number(**form.cleaned_data))
    return _page(request, "services/verify.html", {"form": form}, 422 if form.errors else 200)


@never_cache
@BOTH
@public
def verify_code(request: HttpRequest, token: str) -> HttpResponse:
    """Where the QR code leads. A code serves once, so it is spent by the button, never by a preview of the link."""
    if request.method == "POST":
        return _verdict(request, actions.check_by_token(token=token))
    return _page(request, "services/verify_code.html", {"token": token}, 200)


def _verdict(request: HttpRequest, found: actions.Verdict) -> HttpResponse:
    """The answer; nobody's search engine keeps it."""
    return _page(request, "services/verdict.html", {"found": found}, 200 if found.answered else 404)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
