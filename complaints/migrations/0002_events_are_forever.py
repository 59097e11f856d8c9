from datetime import date
from typing import Any

from django.db import migrations

GUARD = """
CREATE FUNCTION complaints_events_are_forever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event of a complaint is never changed or removed';
END $$;
CREATE TRIGGER complaints_events_are_forever BEFORE UPDATE OR DELETE ON complaints_complaintevent
FOR EACH ROW EXECUTE FUNCTION complaints_events_are_forever();
"""
UNGUARD = """
DROP TRIGGER complaints_events_are_forever ON complaints_complaintevent;
DROP FUNCTION complaints_events_are_forever();
"""
WORDINGS = {
    "complaint_logged": "您在{hall}反映的问题(尾号 {tail})已受理,我们将在{time}前答复您。查看进度:{link}",
    "complaint_owner": "有人用您的号码在{hall}反映问题(尾号 {tail})。是否由您本人提出,请 24 小时内点开确认:{link}",
    "complaint_result": "您反映的问题(尾号 {tail})已有结果,我们会致电您。查看进度:{link}",
    "complaint_code": "查询验证码 {code},{minutes} 分钟内有效。请勿告诉他人。",
    "complaint_alert": "{count} 张投诉单{what},请登录厅管家处理。",
}


def write(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("messaging", "MessageTemplate")
    for key, text in WORDINGS.items():
        template.objects.get_or_create(key=key, valid_from=date(2020, 1, 1), defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_first_tables"), ("messaging", "0005_wordings_of_what_to_bring")]

    operations = [migrations.RunSQL(GUARD, UNGUARD), migrations.RunPython(write, migrations.RunPython.noop)]
