"""The database itself refuses to change what was signed, whoever asks."""

from django.db import migrations

KEEP = """
CREATE FUNCTION staff_keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % stays as it was written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION staff_keep_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_kept boolean;
BEGIN
    IF TG_TABLE_NAME = 'staff_boundforms' THEN
        SELECT state = 'submitted' INTO is_kept FROM staff_dailyclosing WHERE id = OLD.closing_id;
    ELSE
        SELECT state = 'done' INTO is_kept FROM staff_handover WHERE id = OLD.handover_id;
    END IF;
    IF is_kept THEN
        RAISE EXCEPTION 'a row of % stays as it was signed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
FORGET = "DROP FUNCTION staff_keep_row(); DROP FUNCTION staff_keep_part();"

ALWAYS = ("stockentry", "dutylogentry", "handovercorrection", "safedrop", "monthclosing")
ONCE = {
    "handover": "OLD.state = 'done'",
    "dailyclosing": "OLD.state = 'submitted'",
    "cashup": "OLD.state = 'received'",
    "difference": "OLD.confirmed_at IS NOT NULL",
    "dutylog": "OLD.signed_at IS NOT NULL",
}
PARTS = ("handoverline", "handoveropenwork", "boundforms")


def trigger(table: str, function: str, when: str = "") -> migrations.RunSQL:
    condition = f"WHEN ({when})" if when else ""
    return migrations.RunSQL(
        f"CREATE TRIGGER keep_{table} BEFORE UPDATE OR DELETE ON staff_{table} "
        f"FOR EACH ROW {condition} EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER keep_{table} ON staff_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("staff", "0006_handover_money_stock_closing")]

    operations = [
        migrations.RunSQL(KEEP, FORGET),
        *[trigger(table, "staff_keep_row") for table in ALWAYS],
        *[trigger(table, "staff_keep_row", when) for table, when in ONCE.items()],
        *[trigger(table, "staff_keep_part") for table in PARTS],
    ]
