"""What gunicorn serves: the application, and in front of it the short way for map tiles."""

import os

from django.core.wsgi import get_wsgi_application

from govplatform.tilepath import TilePath

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govplatform.settings")
application = TilePath(get_wsgi_application())
