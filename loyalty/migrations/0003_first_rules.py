from datetime import date
from typing import Any

from django.db import migrations

VALID_FROM = date(2015, 4, 1)
MULTIPLIERS = {1: 100, 2: 150, 3: 200, 4: 250, 5: 300, 6: 500, 7: 500}  # R-L-4
BANDS = {1: 50, 2: 100, 3: 150, 4: 200, 5: 300, 6: 450, 7: 550}  # R-L-6; 1 to 3 are placeholders to be edited
WORDINGS = {
    "star_rated": "您的客户星级为{star},{since}起生效,有效期至{until}。详情可到营业厅查询。",
    "star_none": "您本期未评上星级,{reason}。如有疑问请到营业厅查询。",
}


def write(apps: Any, schema_editor: Any) -> None:
    for star, hundredths in MULTIPLIERS.items():
        apps.get_model("loyalty", "StarMultiplier").objects.get_or_create(
            star=star, valid_from=VALID_FROM, defaults={"hundredths": hundredths}
        )
    for star, low in BANDS.items():
        apps.get_model("loyalty", "StarBand").objects.get_or_create(
            star=star, valid_from=VALID_FROM, defaults={"low": low}
        )
    for key, text in WORDINGS.items():
        apps.get_model("messaging", "MessageTemplate").objects.get_or_create(
            key=key, valid_from=VALID_FROM, defaults={"text": text}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0002_stars_plans_bills_ledger"),
        ("messaging", "0005_wordings_of_what_to_bring"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
