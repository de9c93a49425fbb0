"""The raw limit of a web request: a Django view that does nothing, with no middleware, under the same server line."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello")


os.environ.pop("DJANGO_SETTINGS_MODULE", None)
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="hello",
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    LOGGING_CONFIG=None,
)
urlpatterns = [path("hello", hello), path("healthz", hello)]
application = get_wsgi_application()
