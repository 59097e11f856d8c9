from datetime import date
from typing import Any

from django.db import migrations

VALID_FROM = date(2020, 1, 1)
WORDINGS = {
    "redeem_code": "验证码 {code}:用 {points} 积分兑换{gift},{minutes} 分钟内有效。请只告诉为您办理的营业员。",
    "points_redeemed": "您已在{hall}用 {points} 积分兑换{gift} {count} 件。如非本人办理,请尽快到营业厅或拨打 10086。",
    "points_told": "您现有和积分 {points} 分,可用 {usable} 分。{why}",
    "points_plan": "{answer}",
}


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    for key, text in WORDINGS.items():
        template.objects.get_or_create(key=key, valid_from=VALID_FROM, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_wordings_of_what_to_bring")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
