"""Home, notes, appearance, service worker and the sheet of components."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import demo, public
from govplatform import samples
from govplatform.home import city_news, doors
from govplatform.middleware import YEAR_SECONDS
from govplatform.shell import TEXT_COOKIE, THEME_COOKIE, Shell
from ledger.clock import app_now
from ledger.queries import notice_in_force, notice_version, notices_in_force

CHOICES = {TEXT_COOKIE: {"large", "normal"}, THEME_COOKIE: {"dark", "light"}}


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The residents' home: doors that open, tracking by receipt, figures."""
    return render(request, "govplatform/home.html", {"doors": doors(), **city_news(app_now())})


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "govplatform/accessibility.html")


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "govplatform/privacy.html", {"notices": notices_in_force(localtime(app_now()).date())})


@public
@require_safe
def privacy_notice(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """What was told where personal data is collected, in one version; old versions stay."""
    today = localtime(app_now()).date()
    shown = notice_version(key, version, today)
    if shown is None:
        raise Http404
    newest = notice_in_force(key, today).text.version
    context = {"shown": shown, "older": range(newest, 0, -1) if newest > 1 else ()}
    return render(request, "govplatform/notice.html", context)


@public
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keeps text size or theme in a cookie and returns to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, allowed in CHOICES.items():
        value = request.POST.get(name)
        if value in allowed:
            response.set_cookie(
                name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
    return response


@public
@require_safe
def webmanifest(request: HttpRequest) -> HttpResponse:
    """What makes the field pages installable on a phone."""
    frame = Shell(request)
    icons = [
        {
            "src": static(f"img/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    body = {
        "id": "/field/",
        "name": f"{frame.desk_name} · {_('Field')}",
        "short_name": _("Field"),
        "lang": frame.html_lang,
        "start_url": "/field/",
        "scope": "/field/",
        "display": "standalone",
        "background_color": "#f4f5f7",
        "theme_color": "#1b5a92",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")


@lru_cache(maxsize=1)
def _worker_source() -> str:
    found = finders.find("js/sw.js")
    return Path(str(found)).read_text(encoding="utf-8")


@public
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The field service worker, from the root so that its scope may be /field/."""
    response = HttpResponse(_worker_source(), content_type="text/javascript")
    response["Service-Worker-Allowed"] = "/"
    return response


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the phone shows for a page it has not kept."""
    return render(request, "govplatform/offline.html")


@demo
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Sheet of all components with made-up content."""
    return render(request, "govplatform/components.html", samples.components())
