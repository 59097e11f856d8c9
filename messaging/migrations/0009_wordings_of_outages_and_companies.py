from datetime import date
from typing import Any

from django.db import migrations

VALID_FROM = date(2020, 1, 1)
WORDINGS = {
    "system_down": "{hall}{what},您的号码 {number} 继续有效。也可先离开,恢复后 {days} 天内凭回厅号 {code} 优先办理,详见 {link}",
    "system_up": "{hall}系统已恢复,您的号码 {number} 继续有效,请在大厅留意叫号。",
    "return_number": "{hall}系统已恢复。请在 {until}前到厅,在取号机「已预约」处输入回厅号 {code},可优先办理。",
    "corporate_arrived": "{group}的客户已到{hall}取号 {number},请安排接待。",
}


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    for key, text in WORDINGS.items():
        template.objects.get_or_create(key=key, valid_from=VALID_FROM, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_wordings_for_staff")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
