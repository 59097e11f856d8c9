"""The database itself refuses to change a month sheet that was signed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0008_bulletins_knowledge_audits_and_months")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER keep_monthsheet BEFORE UPDATE OR DELETE ON staff_monthsheet "
            "FOR EACH ROW WHEN (OLD.state = 'signed') EXECUTE FUNCTION staff_keep_row()",
            "DROP TRIGGER keep_monthsheet ON staff_monthsheet",
        )
    ]
