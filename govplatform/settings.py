"""All settings. What differs between sites comes from the environment: docs/operations.md lists every variable, and
.env.example hands them to docker-compose.yml. Production refuses unsafe values."""

import sys
from pathlib import Path

import environ
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from govplatform.keys import load_or_refuse
from govplatform.libraries import gdal_library, geos_library

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("GOVPLATFORM_DEBUG", default=False)
DEMO = env.bool("GOVPLATFORM_DEMO", default=False)
PRODUCTION = env.bool("GOVPLATFORM_PRODUCTION", default=False)
if PRODUCTION and (DEBUG or DEMO):
    raise ImproperlyConfigured("production refuses GOVPLATFORM_DEBUG and GOVPLATFORM_DEMO")

VAR_DIR = Path(env.str("GOVPLATFORM_VAR_DIR", default=str(BASE_DIR / "var")))
KEYS_DIR = Path(env.str("GOVPLATFORM_KEYS_DIR", default=str(VAR_DIR / "keys")))
KEYS = load_or_refuse(KEYS_DIR, create=not PRODUCTION or sys.argv[1:2] == ["make_keys"])
SECRET_KEY = KEYS.secret_key
ALLOWED_HOSTS = env.list("GOVPLATFORM_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
if PRODUCTION and "GOVPLATFORM_HOSTS" not in env.ENVIRON:
    raise ImproperlyConfigured("production needs GOVPLATFORM_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("GOVPLATFORM_ORIGINS", default=[])
# what QR codes and messages lead to
PUBLIC_URL = env.str("GOVPLATFORM_PUBLIC_URL", default=next(iter(CSRF_TRUSTED_ORIGINS), "http://localhost:8000"))
CITY = env.str("GOVPLATFORM_CITY", default="taian")
CITIES_DIR = BASE_DIR / "govplatform" / "cities"

INSTALLED_APPS = [
    "govplatform",
    "events",
    "wages",
    "services",
    "cases",
    "grids",
    "accounts",
    "ledger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "django_htmx",
    "leaflet",
    "rest_framework",
    "drf_spectacular",
    "vectortiles",
    "csp",
]

MIDDLEWARE = [
    "govplatform.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "govplatform.middleware.RequestId",
    "govplatform.middleware.Origins",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.CurrentActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "govplatform.middleware.Frame",
    "govplatform.middleware.Errors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "govplatform.urls"
WSGI_APPLICATION = "govplatform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "govplatform.shell.shell",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgis:///govplatform")}
PGBOUNCER = env.bool("GOVPLATFORM_PGBOUNCER", default=False)  # transaction mode: docs/operations.md
DATABASES["default"].update(
    ENGINE="django.contrib.gis.db.backends.postgis",
    CONN_MAX_AGE=600,
    CONN_HEALTH_CHECKS=True,
    DISABLE_SERVER_SIDE_CURSORS=PGBOUNCER,
    OPTIONS={**DATABASES["default"].get("OPTIONS", {}), "connect_timeout": 3},
)
if not PGBOUNCER:
    # no migration or request waits behind a lock for long; no statement runs away
    DATABASES["default"]["OPTIONS"]["options"] = (
        "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GDAL_LIBRARY_PATH = gdal_library()
GEOS_LIBRARY_PATH = geos_library()

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        # a cache that is away is a slow cache, never an error (promise P4)
        "BACKEND": "govplatform.caching.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "gp",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # emptying Redis logs nobody out
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_SSL_REDIRECT = False  # the proxy in front does it; docs/operations.md
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "govplatform.errors.csrf_failure"

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # after an outage of Redis its socket kept the worker waiting for ever
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "route"
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "ledger.tasks.run_promises", "schedule": 10.0, "args": ([],), "options": {"expires": 30}},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # the only one that hashes: an unknown name takes as long as a wrong password
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/accounts/home/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ConfirmForm",
    "change_password": "accounts.forms.NewPasswordForm",
}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # the audited lockout is django-axes, counted in the database
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a stranger who keeps trying cannot keep the owner out for ever
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # counted per address by accounts.adapters
AXES_LOCKOUT_CALLABLE = "accounts.adapters.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.adapters.client_address"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("GOVPLATFORM_PROXIES", default=0)  # how many of ours stand in front
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # the address has its own, wider limit: a whole office shares one
CONTACT_DAYS = env.int("GOVPLATFORM_CONTACT_DAYS", default=90)  # contacts are erased so many days after the closing
API_PER_MINUTE = env.int("GOVPLATFORM_API_PER_MINUTE", default=1200)  # calls of one client; 0 counts nothing
PUBLIC_PER_MINUTE = env.int("GOVPLATFORM_PUBLIC_PER_MINUTE", default=300)  # calls of open data from one address
API_ORIGINS = env.list("GOVPLATFORM_API_ORIGINS", default=[])  # whose pages may call the API from a browser; none
SMS_GATEWAY_URL = env.str("GOVPLATFORM_SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("GOVPLATFORM_SMS_GATEWAY_TOKEN", default="")
EMAIL_CONFIG = env.email("GOVPLATFORM_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_DOMAIN = env.str("GOVPLATFORM_EMAIL_DOMAIN", default="")  # "" means no mail provider
DEFAULT_FROM_EMAIL = f"govplatform@{EMAIL_DOMAIN or 'localhost'}"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["govplatform.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = Path(env.str("GOVPLATFORM_MEDIA_DIR", default=str(VAR_DIR / "media")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

TILE_URL = env.str("GOVPLATFORM_TILE_URL", default="")  # for example Tianditu with a key; "" means the local basemap
TILE_ATTRIBUTION = env.str("GOVPLATFORM_TILE_ATTRIBUTION", default="")
MAP_APPROVAL_NUMBER = env.str("GOVPLATFORM_MAP_APPROVAL_NUMBER", default="")
TILE_HOST = env.str("GOVPLATFORM_TILE_HOST", default="")
LEAFLET_CONFIG = {"TILES": [], "ATTRIBUTION_PREFIX": False, "RESET_VIEW": False}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([TILE_HOST] if TILE_HOST else [])],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY = {"geolocation": "self", "camera": "self", "microphone": []}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "govplatform.errors.problem_details",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "GovPlatform API",
    "DESCRIPTION": "Report incidents, follow cases, look up grids, projects and services. Every error is a problem "
    "detail (RFC 9457). Texts of answers are in the language of Accept-Language (zh-Hans or en).",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["govplatform.description.only_v1"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "govplatform.description.with_scopes",
    ],
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "gp_…"}}},
    "SECURITY": [{"token": []}],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "govplatform.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("GOVPLATFORM_LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
TEST_RUN = "pytest" in sys.modules
