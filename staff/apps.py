from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "人员"

    def ready(self) -> None:
        from core import live
        from staff import rules  # noqa: F401  makes the parameters known
        from staff.live import may_watch_hall

        live.open_gate("hall", may_watch_hall)
