"""The Celery application. Its options are in settings under CELERY_; why: docs/reliability.md."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govplatform.settings")

app = Celery("govplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ledger"])
