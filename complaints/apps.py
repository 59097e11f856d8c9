from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = "投诉建议"

    def ready(self) -> None:
        from complaints.queries import open_work
        from staff import hooks

        hooks.answer_open_work(open_work.open_work)
