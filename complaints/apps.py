from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = "投诉建议"

    def ready(self) -> None:
        from complaints.queries import open_work, staff_figures
        from loyalty import hooks as loyalty_hooks
        from staff import hooks

        hooks.answer_open_work(open_work.open_work)
        hooks.answer_service_figures(staff_figures.count)
        loyalty_hooks.answer_reveal_grounds(open_work.reveal_grounds)
