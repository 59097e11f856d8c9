from typing import Any

from django.db import migrations

STEPS = [
    ("修改临时密码", "改成自己的密码,不告诉任何人。工号只限本人使用。"),
    ("认识带教同事和值班经理", "有事先问带教同事,客户不满意时请值班经理。"),
    ("看班表和请假办法", "在「我的班次」看班次,上班前按时签到。"),
    ("阅读业务通知", "工作台上的通知读完后逐条确认。"),
    ("了解客户信息保护", "号码默认打码,查看会留记录;不拍照、不抄写、不外传。"),
    ("熟悉知识库", "按业务名称或拼音首字母查找条件、资费和资料。"),
    ("知道安全出口和应急电话", "请值班经理带看一遍灭火器、出口和疏散路线。"),
]


def write(apps: Any, schema_editor: Any) -> None:
    steps = apps.get_model("staff", "FirstDayStep")
    for order, (title, what) in enumerate(STEPS, 1):
        steps.objects.get_or_create(title=title, defaults={"what": what, "order": order})


class Migration(migrations.Migration):
    dependencies = [("staff", "0011_first_days")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
