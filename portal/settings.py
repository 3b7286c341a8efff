"""Settings, one module for every use; what differs comes from the environment, once."""

from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal import environment as env

django_stubs_ext.monkeypatch()  # ModelAdmin[Need] and the like, before anybody writes it

BASE = Path(__file__).resolve().parent.parent
RELEASE = "0.1.0"  # part of every ETag: a new release renders anew

# --- what is being run

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
PLAIN = DEBUG or DEMO  # plain HTTP on this machine, no TLS
PORT = env.number("PORT", 8000, at_least=1, at_most=65535)
VAR = env.folder("VAR", BASE / "var")

# --- addresses

OWN_ORIGIN = env.origin("SITE_ORIGIN", f"http://localhost:{PORT}" if PLAIN else None)
MIRROR_OF = env.origin("MIRROR_OF", "")  # another portal: this one shows its pages, read only
SITE_ORIGIN = MIRROR_OF or OWN_ORIGIN  # in links and QR codes
OWN_HOST = urlsplit(OWN_ORIGIN).hostname or ""
SITE_HOST = urlsplit(SITE_ORIGIN).hostname or ""
DEMO_HOST = env.text("DEMO_HOST", "")


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


if DEMO and not is_loopback(OWN_HOST) and OWN_HOST != DEMO_HOST:
    raise ImproperlyConfigured(
        f"SITE_ORIGIN is {OWN_ORIGIN!r}: the demonstration has known passwords and runs on this"
        " machine only; to show it to others all the same, set DEMO_HOST to the same host."
    )
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"] if PLAIN else []
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [OWN_HOST, *LOCAL_HOSTS])
CSRF_TRUSTED_ORIGINS = [OWN_ORIGIN]

# --- secrets

DEMO_SECRET = "for the demonstration only, which has known passwords anyway"  # noqa: S105 -- no secret
SECRET_KEY = env.text("SECRET_KEY", DEMO_SECRET if DEMO else None)
if not DEMO and (len(SECRET_KEY) < 50 or SECRET_KEY == DEMO_SECRET):
    raise ImproperlyConfigured("SECRET_KEY is too short: at least 50 random characters.")
FIELD_KEY_FILE = env.file("FIELD_KEY_FILE", VAR / "keys" / "field.key")

# --- the ledger

LEDGER_ORIGIN = env.text(
    "LEDGER_ORIGIN", "demo.shanji.example/ledger" if DEMO else f"{SITE_HOST}/ledger"
)
if not LEDGER_ORIGIN.isascii() or set(LEDGER_ORIGIN) & set("+ \t\r\n"):
    raise ImproperlyConfigured(
        f"LEDGER_ORIGIN is {LEDGER_ORIGIN!r}: it must look like shanji.example/ledger,"
        " ASCII without blanks or plus signs."
    )
if DEMO and not LEDGER_ORIGIN.startswith("demo."):
    raise ImproperlyConfigured(
        f"LEDGER_ORIGIN is {LEDGER_ORIGIN!r}: in the demonstration it must start with 'demo.'."
    )
LEDGER_KEY_FILE = env.file("LEDGER_KEY_FILE", VAR / "keys" / "log.key")
LEDGER_DIR = env.file("LEDGER_DIR", VAR / "ledger")
LEDGER_STATE = env.file("LEDGER_STATE", VAR / "signer.json")
RECEIPT_KEY_FILE = env.file("RECEIPT_KEY_FILE", VAR / "keys" / "receipt.key")
LEDGER_SIGNER = env.text("LEDGER_SIGNER", "")  # socket of the signer; absent: in this process
WITNESSES = env.text("WITNESSES", "")  # policy file; absent: no witnesses, quorum none
if DEMO and not WITNESSES and (VAR / "witnesses" / "policy").exists():
    WITNESSES = str(VAR / "witnesses" / "policy")
ANCHOR_URL = env.address("ANCHOR_URL")  # RFC 3161 authority; absent: no time stamps
ANCHOR_CA_FILE = env.text("ANCHOR_CA_FILE", "")  # whose stamps count
if ANCHOR_URL and not ANCHOR_CA_FILE:
    raise ImproperlyConfigured(
        "ANCHOR_CA_FILE is missing: a time stamp of ANCHOR_URL is kept only if it verifies, so name"
        " the file with that authority's root certificate (PEM)."
    )
if MIRROR_OF and not WITNESSES:
    WITNESSES = str(LEDGER_DIR / "policy")  # those that the mirrored portal names
LEDGER_SEALED = "tracking.project"  # a task's name, all the ledger knows of it
LEDGER_REBUILT = ["portal.tracking.projection.projecting.rebuild"]  # called after its own tables
LEDGER_CHECKS = [  # fsck runs these too
    "portal.tracking.projection.checking.differences",
    "portal.balance.checking.differences",
]
LEDGER_FOLLOWED = [  # called once a mirror's tables have followed
    "portal.tracking.projection.projecting.project_all",
    "portal.tracking.finding.gathering.renew",
    "portal.evidence.mirrored.fetch_all",
]
LEDGER_AT_START = ["portal.stages.fitting.other_time"]  # asked when a worker starts
if MIRROR_OF:
    LEDGER_AT_START = []
    LEDGER_CHECKS = ["portal.tracking.projection.checking.differences"]  # it has no other tables
FAILPOINTS = env.text("FAILPOINTS", "")
if FAILPOINTS and not DEMO:
    raise ImproperlyConfigured("FAILPOINTS is set: faults are injected in tests and the demo only.")

# --- who may ask how the site is, and how much of the interface (the log's files aside)

METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # of a monitoring system; absent: no /metrics
if METRICS_TOKEN and not (len(METRICS_TOKEN) >= 32 and METRICS_TOKEN.isascii()):
    raise ImproperlyConfigured(
        "METRICS_TOKEN is too short: at least 32 random characters of ASCII."
    )
API_PER_MINUTE = env.number("API_PER_MINUTE", 240, at_least=1, at_most=1_000_000)

# --- webhooks: messages go to public hosts by name, on the port of https

WEBHOOK_HOSTS = env.words("WEBHOOK_HOSTS", [])  # absent: every public host
WEBHOOK_NETWORKS: list[Any] = []  # the tests', which have a receiver on this machine; so the rest
WEBHOOK_PORT, WEBHOOK_CA_FILE = 443, ""

# --- apps

INSTALLED_APPS = [
    "portal.demo",
    "portal.webhooks",
    "portal.workspace",
    "portal.tracking",
    "portal.keeping",
    "portal.oversight",
    "portal.receipts",
    "portal.shipping",
    "portal.warehouse",
    "portal.pledges",
    "portal.funds",
    "portal.needs",
    "portal.campaigns",
    "portal.catalogue",
    "portal.organisations",
    "portal.stages",
    "portal.balance",
    "portal.evidence",
    "portal.notices",
    "portal.papers",
    "portal.accounts",
    "portal.disclosure",
    "portal.input",
    "ledger",
    "django_htmx",
    "csp",
    "portal.stages.workbench_app.WorkbenchConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.mirrored",
    "portal.middleware.writable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.languages.by_address",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.own_origin",
    "portal.notices.stopping.one_click",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.languages.page",
                "portal.standing.page",
            ]
        },
    }
]

# --- database, cache, queue: SQLite and files by default, PostgreSQL and Redis by two addresses

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", f"sqlite:///{VAR / 'db.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis("REDIS_URL")
REDIS_TIMEOUTS = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.2,
}  # of a dead one
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "portal.caches.LossyRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {**REDIS_TIMEOUTS, "retry": Retry(NoBackoff(), 0)},
    }
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {**REDIS_TIMEOUTS, "max_retries": 0}
else:
    CELERY_BROKER_TRANSPORT = "portal.folder_queue:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(env.made(VAR / "queue", "VAR")),
        "data_folder_out": str(VAR / "queue"),  # in and out: the same folder
        "control_folder": str(env.made(VAR / "control", "VAR")),
        "store_processed": False,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # the database is the queue; beat finds what a lost message left
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # tasks carry ids only and may run twice
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": 10}}
    for task, seconds in {
        "ledger.seal": 1.0,
        "ledger.publish": 5.0,
        "tracking.project": 1.0,
        "notices.deliver": 10.0,
        "webhooks.deliver": 10.0,
        "stages.clock": 60.0,
    }.items()
}
CELERY_BEAT_SCHEDULE["tracking.tell"] = {"task": "tracking.tell", "schedule": 900.0}
CELERY_BEAT_SCHEDULE["ledger.watch"] = {"task": "ledger.watch", "schedule": 300.0}
CELERY_BEAT_SCHEDULE["ledger.tidy"] = {"task": "ledger.tidy", "schedule": 3600.0}
CELERY_BEAT_SCHEDULE["input.tidy"] = {"task": "input.tidy", "schedule": 3600.0}
if ANCHOR_URL:  # at most one stamp an hour; what failed is asked again ten minutes later
    CELERY_BEAT_SCHEDULE["ledger.anchor"] = {"task": "ledger.anchor", "schedule": 600.0}
CELERY_BEAT_SCHEDULE["evidence.scrub"] = {  # every stored photo and paper, once a night
    "task": "evidence.scrub",
    "schedule": crontab(hour="3", minute="50"),
    "options": {"expires": 3600},
}
CELERY_BEAT_SCHEDULE["ledger.check"] = {  # everything against everything, once a night
    "task": "ledger.check",
    "schedule": crontab(hour="3", minute="20"),
    "options": {"expires": 3600},
}

# --- people

AUTH_USER_MODEL = "accounts.Person"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# --- cookies and transport

HOST_PREFIX = "" if PLAIN else "__Host-"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"{HOST_PREFIX}session"
SESSION_COOKIE_SECURE = not PLAIN
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a long shift
CSRF_COOKIE_NAME = f"{HOST_PREFIX}csrf"
CSRF_COOKIE_SECURE = not PLAIN
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SECURE = not PLAIN
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = not PLAIN
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked from inside
SECURE_PROXY_SSL_HEADER = (
    "HTTP_X_FORWARDED_PROTO",
    "https",
)  # by the proxy
SECURE_HSTS_SECONDS = 0 if PLAIN else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not PLAIN
SECURE_HSTS_PRELOAD = not PLAIN
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: is for the admin
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a goods-in note of three hundred lines

# --- mail: where none is set up, each lands as a file in a folder that only this user reads

vars().update(env.mail("EMAIL_URL", VAR / "mail"))
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"noreply@{SITE_HOST}")
EMAIL_TIMEOUT = 10

# --- files

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE / "static"]
LEAST_MONTHS_LEFT = env.number("LEAST_MONTHS_LEFT", 6, at_least=0, at_most=60)  # drugs, food
LEAST_LIFE_PERCENT = env.number("LEAST_LIFE_PERCENT", 60, at_least=0, at_most=100)  # food
ARRIVALS_PER_SLOT = env.number("ARRIVALS_PER_SLOT", 6, at_least=1, at_most=500)
STOCK_STATEMENT_HOURS = env.number("STOCK_STATEMENT_HOURS", 2, at_least=1, at_most=24)
STOCK_URGENT_HOURS = env.number("STOCK_URGENT_HOURS", 2, at_least=1, at_most=72)  # then red
STOCK_YELLOW_MONTHS = env.number("STOCK_YELLOW_MONTHS", 9, at_least=0, at_most=60)
STOCK_RED_MONTHS = env.number("STOCK_RED_MONTHS", 3, at_least=0, at_most=60)
MEDIA_DIR = env.file("MEDIA_DIR", VAR / "media")  # photos and papers
if MEDIA_DIR.is_relative_to(STATIC_ROOT) or MEDIA_DIR.is_relative_to(BASE / "static"):
    raise ImproperlyConfigured(
        f"MEDIA_DIR is {str(MEDIA_DIR)!r}: what people send must not lie among the static files."
    )
FILE_UPLOAD_HANDLERS = ["portal.evidence.uploads.Bounded"]
DATA_UPLOAD_MAX_NUMBER_FILES = 30  # a form takes 20, and says so itself
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "evidence": env.store(MEDIA_DIR),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- logs: one stream, warnings and worse; a page that is not there is no news

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
    },
}
