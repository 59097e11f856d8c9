from datetime import date
from typing import Any

from django.db import migrations

VALID_FROM = date(2020, 1, 1)
WORDINGS = {
    "appointment_booked": "已预约 {day} {time} {hall},预约码 {code}。请按时到厅取号,迟到 {minutes} 分钟以上不再保留。",
    "queue_survey": "感谢您到{hall}办理业务,这次服务您满意吗?请点开评价:{link}",
}


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    for key, text in WORDINGS.items():
        template.objects.get_or_create(key=key, valid_from=VALID_FROM, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_wording_of_undone_calls")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
