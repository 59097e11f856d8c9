"""What a hall's recent past teaches about the next hour: made every night, read with every expected wait."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from halls.models import Hall
from queueing.states import MeanOf


class ServiceMean(models.Model):
    """How long a window is taken, from the call to the last word, by business or by clerk, for real customers.

    `seconds` and `cv` are pulled to the table's values where little was seen; a clerk's `seconds` stand beside those
    that the hall would have taken for the same work (`expected_seconds`).
    """

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+", db_index=False, verbose_name="营业厅")
    of = models.CharField("对象", max_length=8, choices=MeanOf.pairs)
    key = models.BigIntegerField("编号")
    count = models.PositiveIntegerField("次数")
    seconds = models.FloatField("平均秒数")
    expected_seconds = models.FloatField("应需秒数")
    cv = models.FloatField("离散系数")
    made_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "平均办理时间"
        constraints = [models.UniqueConstraint(fields=["hall", "of", "key"], name="one_service_mean")]

    def __str__(self) -> str:
        return f"{self.hall_id} {self.of} {self.key}"

    @property
    def pace(self) -> float:
        """How much longer than expected: 1.2 is a fifth slower."""
        return self.seconds / self.expected_seconds if self.expected_seconds else 1.0


class HallHabit(models.Model):
    """The rest of a hall's habits. `overtakers`: people per second and half hour, by class (V, G, green)."""

    hall = models.OneToOneField(Hall, models.CASCADE, primary_key=True, related_name="+", verbose_name="营业厅")
    days = models.PositiveSmallIntegerField("统计天数")
    absent = ArrayField(models.FloatField(), verbose_name="叫号未到比例(按等候分钟)")
    leaving = models.FloatField("每秒取消比例")
    overtakers = models.JSONField("优先客户到达率")
    windows_weekday = ArrayField(models.FloatField(), verbose_name="工作日常开窗口")
    windows_weekend = ArrayField(models.FloatField(), verbose_name="周末常开窗口")
    day_cv = models.FloatField("日间差异")
    made_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "客流习惯"

    def __str__(self) -> str:
        return str(self.hall_id)
