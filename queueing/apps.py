from django.apps import AppConfig


class QueueingConfig(AppConfig):
    name = "queueing"
    verbose_name = "排队叫号"

    def ready(self) -> None:
        from core.live import serve_boards_from
        from queueing.live import board_text

        serve_boards_from(board_text)
