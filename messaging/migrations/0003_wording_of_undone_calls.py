from datetime import date
from typing import Any

from django.db import migrations


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    text = "{hall}:刚才叫 {number} 有误,请您继续等候,轮到时会再通知您。"
    template.objects.get_or_create(key="queue_undone", valid_from=date(2020, 1, 1), defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_first_wordings")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
