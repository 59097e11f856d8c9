from datetime import date
from typing import Any

from django.db import migrations

VALID_FROM = date(2020, 1, 1)
WORDINGS = {
    "queue_bring": "办理{business}请带:{documents}。请今天回到{hall}引导台,号码 {number} 为您保留位置,不用重新排队。",
    "queue_bring_later": "办理{business}请带:{documents}。带齐后欢迎到{hall}或任一营业厅办理。",
}


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    for key, text in WORDINGS.items():
        template.objects.get_or_create(key=key, valid_from=VALID_FROM, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_wordings_of_the_door")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
