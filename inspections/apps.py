from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "服务检查"

    def ready(self) -> None:
        from core.live import open_gate
        from inspections.live import TOPIC, may_watch

        open_gate(TOPIC, may_watch)
