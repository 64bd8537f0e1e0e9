"""Settings, every one from the environment (docs/reference/settings.md); with none given it is production.

EVENHAND_DEMO=1 is the demonstration: passwords are allowed, plain http on one's own machine works, and a
secret is made and kept in EVENHAND_VAR. Nothing here is secret and nothing here is a machine's own path.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def _flag(name: str) -> bool:
    return os.environ.get(name, "") in ("1", "true", "yes")


def _words(name: str) -> list[str]:
    return [word for word in os.environ.get(name, "").replace(",", " ").split() if word]


DEBUG = _flag("EVENHAND_DEBUG")
EVENHAND_DEMO = _flag("EVENHAND_DEMO")
OPEN = DEBUG or EVENHAND_DEMO  # on one's own machine, over plain http
VAR = Path(os.environ.get("EVENHAND_VAR", "var")).resolve()
EVENHAND_LAKE = Path(os.environ.get("EVENHAND_LAKE", VAR / "demo")).resolve()
EVENHAND_BACKUPS = Path(os.environ.get("EVENHAND_BACKUPS", VAR / "backups")).resolve()
NODE_MODULES = Path(os.environ.get("EVENHAND_NODE_MODULES", "node_modules")).resolve()


def _secret() -> str:
    """The secret from the environment; in the demonstration one is made once and kept, readable by its owner only."""
    if given := os.environ.get("EVENHAND_SECRET_KEY"):
        return given
    if not OPEN:
        raise ImproperlyConfigured("EVENHAND_SECRET_KEY is missing; give 50 random characters or more")
    kept = VAR / "secret_key"
    if not kept.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(64))
    return kept.read_text().strip()


def _database(url: str) -> dict[str, object]:
    """`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST:PORT/NAME` as Django wants it."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path.removeprefix("/"),  # three slashes: from this folder; four: from the root
            "OPTIONS": {
                # readers do not wait for a writer; a writer waits its turn instead of failing
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    raise ImproperlyConfigured(f"EVENHAND_DATABASE={parts.scheme}:...: expected sqlite:///FILE or postgresql://...")


SECRET_KEY = _secret()
ALLOWED_HOSTS = _words("EVENHAND_HOSTS") or (["localhost", "127.0.0.1", "[::1]"] if OPEN else [])
CSRF_TRUSTED_ORIGINS = _words("EVENHAND_ORIGINS")
DATABASES = {"default": _database(os.environ.get("EVENHAND_DATABASE") or f"sqlite:///{VAR}/evenhand.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STEPS = ["home", "account", "prove", "change", "decide", "see", "listen", "people", "site"]
INSTALLED_APPS = [
    *(f"evenhand_web.{step}" for step in STEPS),
    "django.contrib.humanize",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "evenhand_web.site.csp.ContentSecurityPolicy",  # first, so that no answer is without it
    "evenhand_web.site.edges.Edges",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "evenhand_web.site.packing.Packing",  # pages with charts on a phone; random bytes keep lengths from telling
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "evenhand_web.site.limits.Limits",
    "evenhand_web.people.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "evenhand_web.urls"
WSGI_APPLICATION = "evenhand_web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["evenhand_web.site.templatetags.evenhand", "django.contrib.humanize.templatetags.humanize"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "evenhand_web.site.context.site",
                "evenhand_web.people.context.people",
            ],
        },
    }
]
FORM_RENDERER = "evenhand_web.site.forms.NhsRenderer"

# Sign-in: OpenID Connect or a link to an NHS e-mail; passwords in the demonstration and nowhere else.
AUTH_USER_MODEL = "people.Identity"


def _services() -> dict[str, dict[str, str]]:
    """The OpenID Connect services that the environment names; a service without its issuer is not there."""
    # CIS2: NHS England, CIS2 Authentication, scopes and claims
    found = {
        "cis2": {
            "issuer": os.environ.get("EVENHAND_CIS2_ISSUER", ""),
            "client_id": os.environ.get("EVENHAND_CIS2_CLIENT_ID", ""),
            "client_secret": os.environ.get("EVENHAND_CIS2_CLIENT_SECRET", ""),
            "scopes": os.environ.get("EVENHAND_CIS2_SCOPES")
            or "openid profile nhsperson nationalrbacaccess selectedrole",
        },
        "nhsmail": {
            "issuer": os.environ.get("EVENHAND_NHSMAIL_ISSUER", ""),
            "client_id": os.environ.get("EVENHAND_NHSMAIL_CLIENT_ID", ""),
            "client_secret": os.environ.get("EVENHAND_NHSMAIL_CLIENT_SECRET", ""),
            "scopes": os.environ.get("EVENHAND_NHSMAIL_SCOPES") or "openid profile email",
        },
    }
    for key, service in found.items():
        if service["issuer"] and not (service["client_id"] and service["client_secret"]):
            name = f"EVENHAND_{key.upper()}"
            raise ImproperlyConfigured(f"{name}_ISSUER needs {name}_CLIENT_ID and {name}_CLIENT_SECRET beside it")
    return {key: service for key, service in found.items() if service["issuer"]}


EVENHAND_OIDC = _services()
AUTHENTICATION_BACKENDS = [
    "evenhand_web.people.backends.DemonstrationPassword",
    "evenhand_web.people.backends.MailLink",
    *(["evenhand_web.people.oidc.Backend"] if EVENHAND_OIDC else []),
]
# NHSmail is nhs.net; nhs.uk and what lies below it are given to NHS organisations only (docs/reference/people.md)
EVENHAND_NHS_DOMAINS = [domain.lower() for domain in _words("EVENHAND_NHS_DOMAINS")] or ["nhs.net", "nhs.uk"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "home:front"
EVENHAND_DEMO_PASSWORD = os.environ.get("EVENHAND_DEMO_PASSWORD", "demonstration")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["evenhand_web.site.formats"]

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [("nhsuk", VAR / "nhsuk"), ("vega", VAR / "vega")]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = OPEN  # in the demonstration, straight from where they lie
_static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if OPEN else _static},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 500}}}

SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day: a shared consulting room must not stay signed in
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not OPEN
CSRF_COOKIE_SECURE = not OPEN
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "evenhand_web.site.views.form_too_old"
SECURE_SSL_REDIRECT = not OPEN
SECURE_HSTS_SECONDS = 0 if OPEN else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not OPEN
SECURE_HSTS_PRELOAD = not OPEN
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
EVENHAND_API_A_MINUTE = int(os.environ.get("EVENHAND_API_A_MINUTE") or 300)  # requests of one account or token
if _flag("EVENHAND_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Bulletins: where links lead, the mail server that takes letters, and by whose name they go out.
EVENHAND_ADDRESS = os.environ.get("EVENHAND_ADDRESS") or (
    "http://127.0.0.1:8000" if OPEN else f"https://{next(iter(ALLOWED_HOSTS), 'localhost')}"
)
EVENHAND_SMTP_URL = os.environ.get("EVENHAND_SMTP_URL", "")  # smtp+starttls://NAME:PASSWORD@HOST:587
EVENHAND_FROM = os.environ.get("EVENHAND_FROM") or ("Evenhand <bulletins@evenhand.example>" if OPEN else "")
EVENHAND_SMTP_TIMEOUT = float(os.environ.get("EVENHAND_SMTP_TIMEOUT") or 60)  # seconds a mail server may take to answer
EVENHAND_SMTP_LOG = os.environ.get("EVENHAND_SMTP_LOG", "")  # the mail server's own log, with the Message-IDs it took

# Letters that somebody waits for (a link to register or sign in) go at once, through Django and the same mail server.
_mail = urlsplit(EVENHAND_SMTP_URL)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EVENHAND_SMTP_URL or not OPEN else 'console'}.EmailBackend"
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or {"smtps": 465, "smtp+starttls": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+starttls"
EMAIL_TIMEOUT = min(EVENHAND_SMTP_TIMEOUT, 20)  # seconds; a page waits for it
DEFAULT_FROM_EMAIL = EVENHAND_FROM or "Evenhand <no-reply@localhost>"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
