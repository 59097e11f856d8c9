"""The append-only ledger. The database refuses to change or delete a row of it; corrections are new rows.

Balance of an account = sum(Lot.points) + sum(Debit.points), always.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from halls.models import Hall
from loyalty.models.plans import PointsAccount
from loyalty.states import DebitKind, LotKind, Star


class Lot(models.Model):
    """Points given at once, for one reason. `month` is the first day of the month they were earned in.

    `source` 0: the points of that month's bill, made by generation; these rows are partitions by month, each attached
    whole. Otherwise the number of what gave them (campaign, adjustment, conversion), all in one partition.
    A rerun cannot give twice: the key says account, month, kind and source. Star, multiplier and the amount are frozen
    (R-L-14). `expires_on` is the last day of use, None for ever (R-L-22).
    """

    pk = models.CompositePrimaryKey("account_id", "month", "kind", "source")
    account = models.ForeignKey(
        PointsAccount, models.DO_NOTHING, related_name="lots", db_constraint=False, db_index=False, verbose_name="账户"
    )
    made_at = models.DateTimeField("生成时间")
    month = models.DateField("账期")
    source = models.IntegerField("来源", default=0)
    points = models.PositiveIntegerField("积分")
    eligible_fen = models.IntegerField("计分金额(分)", default=0)
    expires_on = models.DateField("最后可用日", null=True)
    kind = models.SmallIntegerField("类别", choices=LotKind.pairs)
    star = models.SmallIntegerField("星级", choices=Star.pairs, null=True)
    multiplier_hundredths = models.SmallIntegerField("倍数(百分之一)", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分批次"
        ordering = ["month", "kind", "source"]

    @property
    def multiplier(self) -> Decimal | None:
        return None if self.multiplier_hundredths is None else Decimal(self.multiplier_hundredths) / 100


class PointsOperation(models.Model):
    """One act on one account: a redemption, its reversal, an expiry, a correction. `key` makes a retry harmless."""

    key = models.CharField("幂等键", max_length=100, unique=True)
    account = models.ForeignKey(
        PointsAccount, models.DO_NOTHING, related_name="operations", db_constraint=False, verbose_name="账户"
    )
    kind = models.SmallIntegerField("类别", choices=DebitKind.pairs)
    points = models.IntegerField("积分变动", help_text="减少为负")
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, related_name="+", verbose_name="营业厅")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal", verbose_name="撤销")
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分变动"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["hall", "at"], condition=Q(hall__isnull=False), name="operation_by_hall"),
            models.Index(fields=["at"], name="operation_by_time"),
        ]


class Debit(models.Model):
    """What an operation did to one lot: negative takes, positive gives back. The lot is named by its key's columns."""

    operation = models.ForeignKey(PointsOperation, models.DO_NOTHING, related_name="debits", db_constraint=False)
    account = models.ForeignKey(PointsAccount, models.DO_NOTHING, related_name="debits", db_constraint=False)
    lot_month = models.DateField("批次账期")
    lot_kind = models.SmallIntegerField("批次类别", choices=LotKind.pairs)
    lot_source = models.IntegerField("批次来源")
    kind = models.SmallIntegerField("类别", choices=DebitKind.pairs)
    points = models.IntegerField("积分变动")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "批次变动"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "lot_month", "lot_kind", "lot_source", "kind"], name="one_debit_per_lot_and_act"
            ),
            models.CheckConstraint(condition=~Q(points=0), name="a_debit_moves_points"),
        ]
