from django.apps import AppConfig


class QueueingConfig(AppConfig):
    name = "queueing"
    verbose_name = "排队叫号"

    def ready(self) -> None:
        from core.live import serve_boards_from
        from loyalty import hooks as loyalty
        from queueing.live import board_text
        from queueing.queries import open_work, reveal, staff_figures
        from staff import hooks

        serve_boards_from(board_text)
        hooks.answer_open_work(open_work.open_work)
        hooks.answer_is_peak(open_work.is_peak)
        loyalty.answer_reveal_grounds(reveal.grounds)
        loyalty.answer_visits(reveal.visits)
        hooks.answer_service_figures(staff_figures.count)
