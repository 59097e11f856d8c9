"""Django settings: one file for every place the product runs; what differs comes from environment.py."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF

from config import environment
from config.engines import addresses

ROOT = Path(__file__).resolve().parent.parent
ENV = environment.load()
VAR = ENV.var
EMBEDDED = ENV.embedded
_engines = addresses(VAR)
DATABASE_URL = ENV.database_url or _engines.database_url
REDIS_URL = ENV.redis_url or _engines.redis_url
PUBLIC_URL = ENV.public_url
SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts or (["*"] if EMBEDDED else [urlsplit(PUBLIC_URL).hostname or ""])

INSTALLED_APPS = [
    "config.apps.HallkeeperAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "axes",
    "csp",
    "config",
    "core",
    "messaging",
    "halls",
    "staff",
    "loyalty",
    "queueing",
    "complaints",
    "inspections",
    "overview",
]

MIDDLEWARE = [
    "core.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.EngineDown",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "staff.middleware.IdleLock",
    "staff.middleware.PasswordAge",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.RefusedToMessage",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "staff.context.shell",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?host=/socket/folder` as Django wants it."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise environment.BadEnvironment("DATABASE_URL must start with postgresql://")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, **query},
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": ENV.channel_prefix},
    }
}
REDIS_PREFIX = ENV.channel_prefix
WEB_THREADS = ENV.web_threads
MAX_BODY_BYTES = 25 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{ENV.channel_prefix}:celery:", "socket_timeout": 5}
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "beat-pulse": {"task": "core.tasks.beat_pulse", "schedule": 5, "options": {"expires": 5}},
    "deliver-messages": {"task": "messaging.tasks.deliver_due", "schedule": 2, "options": {"expires": 4}},
    "send-digests": {"task": "messaging.tasks.send_digests", "schedule": 600, "options": {"expires": 600}},
    "heal-boards": {"task": "queueing.tasks.heal_boards", "schedule": 5, "options": {"expires": 5}},
    "watch-floors": {"task": "queueing.tasks.watch_floors", "schedule": 2, "options": {"expires": 2}},
    "close-day": {"task": "queueing.tasks.close_day", "schedule": 300, "options": {"expires": 300}},
    "tell-who-is-near": {"task": "queueing.tasks.tell_who_is_near", "schedule": 5, "options": {"expires": 5}},
    "erase-phones": {"task": "queueing.tasks.erase_old_phones", "schedule": 3600, "options": {"expires": 3600}},
    "lapse-appointments": {"task": "queueing.tasks.lapse_appointments", "schedule": 20, "options": {"expires": 20}},
    "tend-outages": {"task": "queueing.tasks.tend_outages", "schedule": 20, "options": {"expires": 20}},
    "ask-for-ratings": {"task": "queueing.tasks.ask_for_ratings", "schedule": 60, "options": {"expires": 60}},
    "add-up-days": {"task": "queueing.tasks.add_up_days", "schedule": 600, "options": {"expires": 600}},
    "tend-rosters": {"task": "staff.tasks.tend_rosters", "schedule": 60, "options": {"expires": 60}},
    "sweep-sla": {"task": "complaints.tasks.sweep_sla", "schedule": 10, "options": {"expires": 10}},
    "warn-before-closing": {
        "task": "complaints.tasks.warn_before_closing",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "check-cases": {
        "task": "complaints.tasks.check_cases",
        "schedule": crontab(hour="3", minute="20"),
        "options": {"expires": 3600},
    },
    "watch-halls": {"task": "staff.tasks.watch_halls", "schedule": 60, "options": {"expires": 60}},
    "generate-points": {"task": "loyalty.tasks.generate_due", "schedule": 300, "options": {"expires": 300}},
    "expire-points": {
        "task": "loyalty.tasks.expire_points",
        "schedule": crontab(minute="0,10,30", hour=0),
        "options": {"expires": 600},
    },
    "rate-stars": {"task": "loyalty.tasks.rate_due", "schedule": 1800, "options": {"expires": 1800}},
    "tell-stars": {"task": "loyalty.tasks.tell_stars", "schedule": 60, "options": {"expires": 60}},
    "follow-up-inspections": {"task": "inspections.tasks.follow_up", "schedule": 300, "options": {"expires": 300}},
    "reckon-months": {"task": "inspections.tasks.reckon_months", "schedule": 600, "options": {"expires": 600}},
    "remind-of-expiry": {"task": "staff.tasks.remind_of_expiry", "schedule": 900, "options": {"expires": 900}},
    "watch-devices": {"task": "staff.tasks.watch_devices", "schedule": 30, "options": {"expires": 30}},
    "watch-duties": {"task": "staff.tasks.watch_duties", "schedule": 300, "options": {"expires": 300}},
    "end-run-out-access": {"task": "staff.tasks.end_run_out_access", "schedule": 60, "options": {"expires": 60}},
    "list-refunds-for-audit": {
        "task": "complaints.tasks.list_refunds_for_audit",
        "schedule": 900,
        "options": {"expires": 900},
    },
    "list-for-audit": {"task": "queueing.tasks.list_for_audit", "schedule": 900, "options": {"expires": 900}},
    "make-morning-sheets": {"task": "staff.tasks.make_morning_sheets", "schedule": 60, "options": {"expires": 60}},
    "make-month-sheets": {"task": "staff.tasks.make_month_sheets", "schedule": 3600, "options": {"expires": 3600}},
    "press-for-answers": {"task": "staff.tasks.press_for_answers", "schedule": 1800, "options": {"expires": 1800}},
    "tell-late-reliefs": {"task": "staff.tasks.tell_of_late_reliefs", "schedule": 60, "options": {"expires": 60}},
    "tell-overdue-closings": {
        "task": "staff.tasks.tell_of_overdue_closings",
        "schedule": 600,
        "options": {"expires": 600},
    },
    "prepare-weekly-reports": {
        "task": "overview.tasks.prepare_weekly_reports",
        "schedule": 900,
        "options": {"expires": 900},
    },
    "urge": {"task": "overview.tasks.urge", "schedule": 900, "options": {"expires": 900}},
    "forget-answers": {"task": "core.tasks.forget_old_answers", "schedule": 3600, "options": {"expires": 3600}},
}

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "staff.auth.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"  # our forms' name for it; the default is the model field, which no form sends
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "staff.auth.locked_out"
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 14 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "core.views.stale_form"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
SECURE_HSTS_SECONDS = 31536000 if ENV.https else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, "ws:", "wss:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.HashedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
MEDIA_ROOT = VAR / "media"

SMS_GATEWAY, SMS_URL, SMS_TOKEN = ENV.sms_gateway, ENV.sms_url, ENV.sms_token
METRICS_TOKEN = ENV.metrics_token
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016", "axes.W006"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "staff.authentication.StaffToken",
        "halls.authentication.DeviceToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.Pages",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "core.api.answer_exception",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hallkeeper 厅管家 API",
    "DESCRIPTION": "Queue numbers, windows, boards and the rest of a telecom retail hall.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "InspectionStateEnum": "inspections.states.VisitState",
        "CorrectiveStateEnum": "inspections.states.ActionState",
        "HandoverKindEnum": "staff.states.HandoverKind",
        "HandoverStateEnum": "staff.states.HandoverState",
        "ClosingStateEnum": "staff.states.ClosingState",
        "WeeklyReportStateEnum": "overview.states.ReportState",
        "SupportStateEnum": "overview.states.SupportState",
        "JobKindEnum": "staff.states.JobKind",
        "CertificateKindEnum": "staff.states.CertificateKind",
        "CampaignStateEnum": "halls.states.CampaignState",
        "OutingStateEnum": "halls.states.OutingState",
        "OutingKindEnum": "halls.states.OutingKind",
        "CarrierEnum": "halls.states.Carrier",
        "MaterialKindEnum": "halls.states.MaterialKind",
        "FaultStateEnum": "halls.states.FaultState",
        "IncidentKindEnum": "halls.states.IncidentKind",
        "CheckKindEnum": "halls.states.CheckKind",
        "RoundStateEnum": "halls.states.RoundState",
        "RoundAnswerEnum": "halls.states.Answer",
        "OutageKindEnum": "queueing.states.OutageKind",
        "CustomerStatusEnum": "loyalty.states.CustomerStatus",
        "HallTaskStateEnum": "overview.states.TaskState",
        "CircularStateEnum": "overview.states.CircularState",
        "SuggestionTopicEnum": "staff.states.SuggestionTopic",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "core.logs.RequestIdFilter"}},
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"},
        "json": {"()": "core.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "json" if ENV.json_logs else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}
