"""The product's settings with one more address; pages are not measured, so their files need no hashing."""

from config.settings import *  # noqa: F403
from config.settings import STORAGES as _STORAGES

ROOT_URLCONF = "benchmarks.server.urls"
STORAGES = {**_STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
