from django.apps import AppConfig

from govplatform.celery import app as celery_app

__all__ = ["celery_app"]


class GovPlatformConfig(AppConfig):
    name = "govplatform"
    verbose_name = "GovPlatform"
