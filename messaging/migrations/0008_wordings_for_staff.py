from datetime import date
from typing import Any

from django.db import migrations

VALID_FROM = date(2020, 1, 1)
WORDINGS = {
    "staff_alert": "{title}。请登录厅管家处理。",
    "staff_notice": "{title}。详情请登录厅管家查看。",
    "staff_digest": "过去一天有 {count} 条新通知:{topics}。请登录厅管家查看。",
}


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    for key, text in WORDINGS.items():
        template.objects.get_or_create(key=key, valid_from=VALID_FROM, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0007_topics_and_wishes")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
