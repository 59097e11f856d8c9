from django.db import migrations, models

# By day and account: a night's sweep walks through what ended since the last one. By booking: what came in late.
INDEXES = """
DROP INDEX lot_credit_expiry;
CREATE INDEX lot_credit_expiry ON loyalty_lot_credits (expires_on, account_id) WHERE expires_on IS NOT NULL;
CREATE INDEX lot_credit_booked ON loyalty_lot_credits (made_at) WHERE expires_on IS NOT NULL;
"""
BACK = """
DROP INDEX lot_credit_booked;
DROP INDEX lot_credit_expiry;
CREATE INDEX lot_credit_expiry ON loyalty_lot_credits (expires_on) WHERE expires_on IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0006_cheaper_checks")]

    operations = [
        migrations.CreateModel(
            name="ExpirySweep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(help_text="最后可用日在此日之前的积分", unique=True, verbose_name="清零至")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("lots", models.PositiveIntegerField(default=0, verbose_name="批次")),
                ("points", models.BigIntegerField(default=0, verbose_name="清零积分")),
            ],
            options={"verbose_name": "到期清零", "verbose_name_plural": "到期清零", "ordering": ["-day"]},
        ),
        migrations.AddField(model_name="onetimecode", name="tries", field=models.PositiveSmallIntegerField(default=0)),
        migrations.RunSQL(INDEXES, BACK),
    ]
