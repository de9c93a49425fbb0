"""The base of every view under /api/: who is asking, how often, how much."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, Throttled
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ActorRequest
from accounts.api.limits import Count, hit, limit_headers
from accounts.api.problems import NoLength, TooLarge
from ledger.actors import Actor

BODY_LIMIT = 256 * 1024  # bytes; a report is a few hundred


class StrictJsonParser(JSONParser):
    """JSON that names its fault in the caller's language, and no nesting deep enough to exhaust the reader."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        try:
            found = super().parse(stream, media_type, parser_context)
        except (ParseError, RecursionError):
            raise ParseError(_("The body is not JSON in UTF-8.")) from None
        if not isinstance(found, dict):
            raise ParseError(_("The body is not a JSON object."))
        return found


class ApiView(APIView):
    """A view for other systems. The access rule was enforced by the middleware before."""

    parser_classes = (StrictJsonParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Counts the call; refuses a body that is too large before it is read."""
        super().initial(request, *args, **kwargs)
        self.count = self.counted(request)
        if self.count.exceeded:
            raise Throttled(wait=self.count.reset, detail=_("Too many calls"))
        refuse_body(request._request)

    def counted(self, request: Request) -> Count:
        """One more call of this client."""
        return hit(f"client:{actor_of(request).id}", settings.API_PER_MINUTE)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in limit_headers(getattr(self, "count", Count(0))).items():
            answer[name] = value
        return answer


def refuse_body(request: HttpRequest) -> None:
    """Nothing is read of a body that is too large or does not say how long it is.

    Raises:
        TooLarge, NoLength.
    """
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        raise NoLength(_("Send the header Content-Length."))
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        raise TooLarge(_("At most %(most)s bytes are taken.") % {"most": BODY_LIMIT})


def actor_of(request: Request) -> Actor:
    """Who the middleware found behind the token."""
    return cast(ActorRequest, request._request).actor
