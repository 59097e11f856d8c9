"""The cards a new system begins with: the 100 points of 镇江, the 46 factors of 沟通100, the short card of patrols."""

import json
from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations

CARDS = Path(__file__).resolve().parent.parent / "cards"
FIRST = (("zj2009", True, False), ("goutong100", False, False), ("patrol", False, True))
SHIPPED_AT = datetime(2026, 11, 1, tzinfo=UTC)


def ship(apps, schema_editor):
    scorecard = apps.get_model("inspections", "Scorecard")
    version = apps.get_model("inspections", "CardVersion")
    for name, is_ranked, is_patrol in FIRST:
        content = json.loads((CARDS / f"{name}.json").read_text(encoding="utf-8"))
        card = scorecard.objects.create(
            code=content["code"], name=content["name"], is_ranked=is_ranked, is_patrol=is_patrol
        )
        version.objects.create(
            card=card, number=1, state="published", content=content, note="随系统提供", published_at=SHIPPED_AT
        )


class Migration(migrations.Migration):
    dependencies = [("inspections", "0002_what_never_changes")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
