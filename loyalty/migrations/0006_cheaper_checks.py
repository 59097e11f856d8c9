from django.db import migrations

# Worked out for each of ten million rows a month; generation and import name months by their first day themselves.
DROP = """
ALTER TABLE loyalty_lot DROP CONSTRAINT IF EXISTS loyalty_lot_month_check;
ALTER TABLE loyalty_bill DROP CONSTRAINT IF EXISTS loyalty_bill_month_check;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0005_gifts_and_redemption")]

    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]
