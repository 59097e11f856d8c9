from django.apps import AppConfig


class HallsConfig(AppConfig):
    name = "halls"
    verbose_name = "营业厅"

    def ready(self) -> None:
        import halls.schema  # noqa: F401  (drf-spectacular learns of it by its definition)
