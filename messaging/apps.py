from django.apps import AppConfig

from core import live


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        from messaging.live import only_oneself

        live.open_gate("user", only_oneself)
