import os
import tempfile

os.environ.setdefault("GOVPLATFORM_DEMO", "1")
os.environ.setdefault("GOVPLATFORM_VAR_DIR", tempfile.mkdtemp(prefix="gp-test-"))
os.environ.setdefault("GOVPLATFORM_LOG_LEVEL", "WARNING")

from govplatform.settings import *  # noqa: F403

DATABASES["default"]["TEST"] = {"NAME": os.environ.get("GOVPLATFORM_TEST_DB", "test_govplatform")}  # noqa: F405
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"  # nudges of a test never reach the workers of a running site
