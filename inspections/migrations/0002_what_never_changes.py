"""A published card version and a told operation never change, whoever asks."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION inspections_card_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'a published card version is immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER card_version_stays BEFORE UPDATE OR DELETE ON inspections_cardversion
    FOR EACH ROW EXECUTE FUNCTION inspections_card_is_published();

CREATE FUNCTION inspections_operation_was_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'operations are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER operation_stays BEFORE UPDATE OR DELETE ON inspections_operation
    FOR EACH ROW EXECUTE FUNCTION inspections_operation_was_told();
"""
RELEASE = """
DROP TRIGGER operation_stays ON inspections_operation;
DROP FUNCTION inspections_operation_was_told();
DROP TRIGGER card_version_stays ON inspections_cardversion;
DROP FUNCTION inspections_card_is_published();
"""


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_first_tables")]

    operations = [migrations.RunSQL(PROTECT, RELEASE)]
