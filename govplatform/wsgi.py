"""What gunicorn serves: the application, and in front of it the short way for map tiles."""

import atexit
import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from govplatform.tilepath import TilePath
from ledger.promises import gatherer, nudge_all

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govplatform.settings")
application = TilePath(get_wsgi_application())
# Django would read the routes, and with them every view, at the first request of every worker; read before the workers
# are forked they cost memory once and let nobody wait.
import_module(settings.ROOT_URLCONF)
# many requests share one message to the workers
gatherer.on = True
atexit.register(lambda: nudge_all(gatherer.take()))
# What is loaded now stays for ever: the collector need not walk it in every worker, nor unshare its pages.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
