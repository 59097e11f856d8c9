from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"
    verbose_name = "总览"

    def ready(self) -> None:
        from overview.rules import owed, weekly  # noqa: F401  makes the parameters known
