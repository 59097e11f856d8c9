"""Bills as BOSS files tell them, and what became of each file. All money is in fen (分), so that nothing is rounded."""

from django.db import models

from core import time
from loyalty.models.customers import Customer
from loyalty.states import NotEarned


class Bill(models.Model):
    """One customer's bill of one month (`month` is its first day); partitioned by month.

    May be replaced by a corrected file until the month's points are generated; afterwards a correction is written as
    a `BillAdjustment` as well.
    """

    pk = models.CompositePrimaryKey("customer_id", "month")
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="bills", db_constraint=False, db_index=False, verbose_name="客户"
    )
    month = models.DateField("账期")
    amount_fen = models.IntegerField("账单金额(分)")
    gifted_fen = models.IntegerField("赠送话费(分)", default=0)
    redeemed_fen = models.IntegerField("积分兑换话费(分)", default=0)
    third_party_fen = models.IntegerField("代收费(分)", default=0)
    paid_at = models.DateTimeField("交清时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "账单"

    @property
    def eligible_fen(self) -> int:
        """R-L-13."""
        return max(self.amount_fen - self.gifted_fen - self.redeemed_fen - self.third_party_fen, 0)


class BillAdjustment(models.Model):
    """A bill that came or changed after its month was generated, and what that did to the ledger.

    `points` is the signed correction; `uncollected` what could not be taken back because it had been spent.
    """

    customer = models.ForeignKey(Customer, models.DO_NOTHING, related_name="bill_adjustments", db_constraint=False)
    month = models.DateField("账期")
    before = models.JSONField("原账单", default=dict)
    after = models.JSONField("新账单", default=dict)
    reason = models.SmallIntegerField("结果", choices=NotEarned.pairs)
    points = models.IntegerField("更正积分")
    uncollected = models.PositiveIntegerField("未能收回", default=0)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "账单更正"
        ordering = ["-at"]
        indexes = [models.Index(fields=["month"], name="adjustment_by_month")]


class ImportedFile(models.Model):
    """A file that was read to its end. The same bytes again are a no-op."""

    kind = models.CharField("类别", max_length=10)
    sha256 = models.CharField(max_length=64)
    name = models.CharField("文件名", max_length=200)
    counts = models.JSONField("结果", default=dict)
    at = models.DateTimeField("导入时间", default=time.now)

    class Meta:
        verbose_name = verbose_name_plural = "导入文件"
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["kind", "sha256"], name="one_import_per_file")]
