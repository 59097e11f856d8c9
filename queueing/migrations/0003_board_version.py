from django.db import migrations


class Migration(migrations.Migration):
    """One growing number for all boards: a version taken after commit is newer than every earlier one."""

    dependencies = [("queueing", "0002_first_tables")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE queueing_board_version", "DROP SEQUENCE queueing_board_version"),
    ]
