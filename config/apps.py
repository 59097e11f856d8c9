from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConfigConfig(AppConfig):
    """The roof: settings, urls and the commands that need every app."""

    name = "config"
    verbose_name = "系统"
    default = True


class HallkeeperAdmin(admin_apps.AdminConfig):
    """Django's admin under our own title."""

    default = False
    default_site = "config.admin_site.HallkeeperAdminSite"
