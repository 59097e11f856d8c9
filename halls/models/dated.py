"""Papers and stamps that end on a day and have to be renewed before."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from halls import states
from halls.models.places import Hall


class DatedThing(models.Model):
    """A contract, seal, licence or policy of a hall. Renewed, it keeps its row; the change is on record."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="dated_things", verbose_name="营业厅")
    kind = models.CharField("类别", max_length=10, choices=states.DatedKind.pairs)
    name = models.CharField("名称", max_length=40)
    number = models.CharField("编号", max_length=40, blank=True)
    partner = models.CharField("对方单位", max_length=40, blank=True)
    valid_from = models.DateField("开始日期", null=True, blank=True)
    valid_to = models.DateField("最后一天")
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    recorded_at = models.DateTimeField("登记时间")
    closed_at = models.DateTimeField("不再续办时间", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "到期事项"
        ordering = ["valid_to", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "kind", "name"], condition=Q(closed_at=None), name="one_dated_thing_per_name"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to__gte=F("valid_from")), name="dated_thing_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}「{self.name}」"
