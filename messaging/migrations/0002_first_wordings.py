from datetime import date
from typing import Any

from django.db import migrations

VALID_FROM = date(2020, 1, 1)
WORDINGS = {
    "queue_near": "您的号码 {number} 前面还有 {ahead} 位,请回到{hall}等候。",
    "queue_called": "{number} 请到 {window}办理,{minutes} 分钟内有效。",
}


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    for key, text in WORDINGS.items():
        template.objects.get_or_create(key=key, valid_from=VALID_FROM, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_outbox_templates_notices")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
