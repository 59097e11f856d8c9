from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = "人员"

    def ready(self) -> None:
        from core import live
        from staff.live import may_watch_hall
        from staff.rules import (  # noqa: F401  makes the parameters known
            attendance,
            certificates,
            closings,
            conduct,
            handovers,
            meetings,
            money,
            rosters,
            signing_in,
            training,
        )

        live.open_gate("hall", may_watch_hall)
