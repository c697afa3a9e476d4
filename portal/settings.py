"""Settings, read from the environment.

`make run` writes a complete set into var/; production gives its own (deploy/env.example, docs/operating.md). A missing
secret is an error, never a default: only a process that says PORTAL_DEMO=1 or PORTAL_TESTING=1 may use the development
keys. What can be said only of several values together is in portal.checks.
"""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from kombu import Queue

from core import partners
from portal import __version__
from portal import environment as env
from portal.unfold import UNFOLD  # noqa: F401  (a setting by being here)
from work.lanes import Lane

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("PORTAL_DEMO", False)
TESTING = env.flag("PORTAL_TESTING", False)
PRODUCTION = not (DEMO or TESTING)
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))


def _required(name: str, default: str) -> str:
    """default: for demo and tests only."""
    value = env.text(name)
    if PRODUCTION and not value:
        raise env.refused("portal.E001", f"{name} is not set. Set it, or {name}_FILE (deploy/env.example says how).")
    return value or default


def _secret(name: str) -> str:
    """The named secret; a derived throw-away one only for demo and tests."""
    throw_away = hashlib.sha256(f"development only: {name}".encode()).digest()
    return _required(name, base64.urlsafe_b64encode(throw_away).decode())


SECRET_KEY = _secret("SECRET_KEY")
# "id:base64key,id:base64key": the first encrypts, all decrypt (rotation). 32 bytes each.
FIELD_KEYS = _secret("FIELD_KEYS") if PRODUCTION else env.text("FIELD_KEYS") or f"k1:{_secret('FIELD_KEY')}"
BLIND_INDEX_KEY = _secret("BLIND_INDEX_KEY")
# Signs decisions (Ed25519). 32 bytes in base64.
DECISION_KEY = _secret("DECISION_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])
# Where residents find us: in links of messages and certificates, and where channels send their notifications.
PUBLIC_URL = env.text("PUBLIC_URL", "" if PRODUCTION else "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    # Not plain "unfold": its default configuration would put its own site in place of ours.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_otp",
    "axes",
    "csp",
    "django_structlog",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "core",
    "privacy",
    "work",
    "look",
    "parties",
    "ledger",
    "messaging",
    "accounts.apps.AccountsConfig",
    "payments",
    "products",
    "people",
    "enrollment",
    "claims",
    "demo",
    "portal",
]
if TESTING:
    # A small room of its own for the tests of core, so that core is shown without any insurance.
    INSTALLED_APPS.append("tests.parcels")

MIDDLEWARE = [
    "core.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "parties.middleware.SchemeMiddleware",
    "portal.middleware.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.RequestLogMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.site",
            ],
        },
    },
]

# The application connects as a role that owns nothing. Only `manage.py prepare` is given the owner's address, as its
# own DATABASE_URL; no running process knows it.
DATABASES = {
    "default": env.database("DATABASE_URL", _required("DATABASE_URL", "postgres://portal_app@127.0.0.1:54329/portal"))
}
DATABASES["default"].update(
    {
        "ENGINE": "core.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **DATABASES["default"].get("OPTIONS", {}),
            # A lock that takes longer becomes "busy, try again"; nothing waits behind a stuck worker.
            # What is asked by keys is planned once for any key, and not five times for the first five.
            "options": "-c lock_timeout=3s -c statement_timeout=60s -c timezone=UTC"
            " -c plan_cache_mode=force_generic_plan",
            # What is asked a second time on a connection is planned once for it (work.asked). A pooler in transaction
            # mode that cannot follow that (pgbouncer before 1.21) wants DATABASE_PREPARES=0.
            "prepare_threshold": 1 if env.flag("DATABASE_PREPARES", True) else None,
        },
        # Several runs may test in one cluster at the same time, each in a database of its own.
        "TEST": {"NAME": env.text("TEST_DATABASE_NAME", "test_portal")},
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE_APP_ROLE = env.text("DATABASE_APP_ROLE", "portal_app")

REDIS_URL = _required("REDIS_URL", "redis://127.0.0.1:63799/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
    },
}

# Copies of single rows that every request asks for (work.beside). Tests ask for them where they are about them.
KEPT_BESIDE = not TESTING
# Parts of pages that are the same for many readers (look's tag "part"); False only to compare.
PARTS_ARE_KEPT = True

# Celery: the database row is the queue, the message only a hint (docs/decisions). No results are stored,
# messages carry row ids, and a lost message costs at most one sweep interval.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# What is due is carried on by threads of the worker itself (work.sweeper); a message only wakes it.
CELERY_WORKER_POOL = "solo"
# A queue for each lane: -Q says which a worker takes, without it all.
CELERY_TASK_QUEUES = [Queue(lane) for lane in Lane]
CELERY_TASK_DEFAULT_QUEUE = Lane.CHORES
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away is waited for as long as it takes: the worker works meanwhile.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 3, "socket_connect_timeout": 3, "max_retries": 1}
CELERY_TIMEZONE = "Asia/Shanghai"
# How often a worker looks for what is due when nothing wakes it.
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 3.0)
# Rows of one payment channel that are in flight at once, over all workers.
CALLS_AT_ONCE_PER_CHANNEL = env.whole("CALLS_AT_ONCE_PER_CHANNEL", 4)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    # The real one takes a third of a second by design; tests sign in hundreds of times.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "accounts.lockout.respond"
AXES_RESET_ON_SUCCESS = True
# The lockout page says how long to wait: trying meanwhile must not make it longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# accounts.admin shows the failed sign-ins in our own words.
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "accounts.clients.client_ip"
# Residents sign in by the thousand per minute, and a session hash of theirs is of no use to anybody.
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "password", "phone", "code", "otp_token"]
AXES_VERBOSE = False
# Who speaks in text messages, as registered with the carriers.
MESSAGE_SIGNATURE = env.text("MESSAGE_SIGNATURE", "惠民保")
OTP_TOTP_ISSUER = env.text("SITE_NAME", "惠民保")
STAFF_IDLE_TIMEOUT = timedelta(minutes=env.whole("STAFF_IDLE_MINUTES", 15))
RESIDENT_IDLE_TIMEOUT = timedelta(minutes=env.whole("RESIDENT_IDLE_MINUTES", 60))
# Full identities that one member of staff may read a day, and from which number on accounts and security are told.
REVEALS_PER_DAY = env.whole("REVEALS_PER_DAY", 60)
REVEALS_ALARM_AT = env.whole("REVEALS_ALARM_AT", 30)
TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXY_COUNT", 0)

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_COOKIES = env.flag("SECURE_COOKIES", PRODUCTION)
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_HSTS_SECONDS = env.whole("SECURE_HSTS_SECONDS", 31_536_000 if SECURE_COOKIES else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", SECURE_COOKIES)
# Being on the browsers' preload list cannot be taken back for months: the owner of the domain decides, not a default.
SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        # Paying is a form whose answer sends the browser to a channel's cashier.
        "form-action": ["'self'", *env.words("CSP_FORM_ACTION", ["https://wx.tenpay.com"] if PRODUCTION else [])],
        "frame-ancestors": ["'none'"],
    },
}
# The admin's own templates carry inline scripts and styles, and its Alpine.js evaluates the expressions in them.
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", "English")]
# Every room brings its own. Named here, and not only found in INSTALLED_APPS: no library's word wins over ours.
LOCALE_PATHS = sorted([*BASE_DIR.glob("*/locale"), *BASE_DIR.glob("payments/channels/*/locale")])
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "look.bundles.ComponentsFinder",
]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Papers, letters, certificates (privacy.files): encrypted by us, so that any storage will do which all hosts reach.
    "sealed": {
        "BACKEND": env.text("FILES_BACKEND", "privacy.storage.DurableFolder"),
        "OPTIONS": env.json_object("FILES_OPTIONS"),
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.flag("STATIC_MANIFEST", not (DEBUG or TESTING))
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Where sealed files lie unless FILES_OPTIONS says otherwise: outside the web root, served only by views that check the
# reader.
MEDIA_ROOT = VAR_DIR / "files"
# Uploads as they come, each for the length of a request or of the worker's look at it: this machine's own.
QUARANTINE_DIR = VAR_DIR / "quarantine"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_TEMP_DIR = env.text("FILE_UPLOAD_TEMP_DIR", "") or None
FILE_UPLOAD_PERMISSIONS = 0o600

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["core.access.DenyByDefault"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.exception_handler",
}

# The outside world: named variables per partner (docs/operating.md), checked before anything serves (portal.checks).
PARTNERS = partners.Given(os.environ)
# Payment channels that are not used here, by the names of their folders: not offered, no credentials demanded.
CHANNELS_OFF = env.words("CHANNELS_OFF", [])
# The demo's pages link to where its text messages arrive.
SANDBOX_URL = env.text("SANDBOX_URL", "http://127.0.0.1:8900")
CHANNEL_TIMEOUT_SECONDS = env.number("CHANNEL_TIMEOUT_SECONDS", 8.0)
CLAMD_URL = env.text("CLAMD_URL", "")

# "+49d", "-2h" or an ISO instant: shifts core.clock. Refused outside demo and tests.
PORTAL_CLOCK = env.text("PORTAL_CLOCK", "")
if PORTAL_CLOCK and PRODUCTION:
    raise env.refused("portal.E003", "PORTAL_CLOCK is only for demonstration and tests. Unset it.")

LOGGING_CONFIG = None
LOG_FORMAT = env.choice("LOG_FORMAT", "json", ["json", "console"])
# DEBUG would write every statement with its parameters: names and numbers of people.
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ["INFO", "WARNING", "ERROR", *([] if PRODUCTION else ["DEBUG"])])
DJANGO_STRUCTLOG_CELERY_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"

from core.logs import configure as _configure_logs  # noqa: E402  (needs the values above)

_configure_logs(level=LOG_LEVEL, fmt=LOG_FORMAT)

SPECTACULAR_SETTINGS = {"TITLE": "Huiminbao portal", "VERSION": __version__}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
