"""What gunicorn serves: the application, and in front of it the short way for map tiles."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from govplatform.tilepath import TilePath

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govplatform.settings")
application = TilePath(get_wsgi_application())
# Django would read the routes, and with them every view, at the first request of every worker; read before the workers
# are forked they cost memory once and let nobody wait.
import_module(settings.ROOT_URLCONF)
