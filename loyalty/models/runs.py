"""Runs of the monthly generation: what was asked, how far it is, what came out."""

from django.db import models
from django.db.models import Q

from loyalty.states import RunState


class GenerationRun(models.Model):
    """The points of one billing month. While it runs its lots stand aside; done means they are in the ledger, whole.

    `counts`: {reason code: {"bills": n, "eligible_fen": n}} of every bill, 0 = earned. `multipliers`: hundredths by
    star as they were frozen at the start. Bills paid before `paid_before` count (R-L-15).
    """

    month = models.DateField("账期", unique=True)
    on = models.DateField("生成日期")
    paid_before = models.DateTimeField("交清期限", help_text="不含此刻")
    multipliers = models.JSONField("倍数", default=dict)
    state = models.CharField("状态", max_length=8, choices=RunState.pairs, default=RunState.RUNNING)
    bills = models.BigIntegerField("账单数", default=0)
    earned = models.BigIntegerField("生成笔数", default=0)
    points = models.BigIntegerField("生成积分", default=0)
    counts = models.JSONField("未生成原因", default=dict)
    without_bill = models.BigIntegerField("在网无账单", null=True)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True)
    problem = models.CharField("核对结果", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分生成"
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class GenerationPart(models.Model):
    """The customers `first` … `last` of a run: made in one transaction, or not at all."""

    run = models.ForeignKey(GenerationRun, models.CASCADE, related_name="parts")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    done_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    bills = models.BigIntegerField(default=0)
    earned = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["first"]
        constraints = [models.UniqueConstraint(fields=["run", "first"], name="one_part_per_range")]
        indexes = [models.Index(fields=["run"], condition=Q(done_at=None), name="part_still_open")]


class ExpirySweep(models.Model):
    """Up to which day expiry has looked at everything: points whose last day was before `day` are zero since `at`.

    Written when a sweep is through, so that the next one asks only for what ended, or was booked, since then.
    """

    day = models.DateField("清零至", unique=True, help_text="最后可用日在此日之前的积分")
    at = models.DateTimeField("时间")
    lots = models.PositiveIntegerField("批次", default=0)
    points = models.BigIntegerField("清零积分", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "到期清零"
        ordering = ["-day"]
