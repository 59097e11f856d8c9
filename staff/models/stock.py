"""卡品票据台账 (R-S-11): an append-only ledger, the balance of each place, and where each serial number is."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from halls.models import Hall, Window
from staff.models.people import User
from staff.rules.stock import Serials
from staff.states import SerialState, StockKind, StockMove


class StockItem(models.Model):
    """One kind of thing that is kept on book."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=30)
    kind = models.CharField("类别", max_length=10, choices=StockKind.pairs)
    unit = models.CharField("单位", max_length=4)
    has_serials = models.BooleanField("有起止号", default=False)
    face_value = models.DecimalField("面值", max_digits=8, decimal_places=2, null=True, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账品种"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class StockBalance(models.Model):
    """What the book says is at a place; `window` empty = the hall's store. Locked before every move."""

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="balances")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="stock")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+")
    quantity = models.IntegerField("账面", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "账面数"
        ordering = ["item__order", "window__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "hall", "window"], nulls_distinct=False, name="one_balance_a_place"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_never_below_zero"),
        ]


class StockTransfer(models.Model):
    """调拨 between halls: sent by one, on its way until the other has taken it in."""

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="+", verbose_name="品种")
    quantity = models.PositiveIntegerField("数量")
    from_hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="调出厅")
    to_hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name="调入厅")
    serial_first = models.CharField("起号", max_length=30, blank=True)
    serial_last = models.CharField("止号", max_length=30, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="调出人")
    sent_at = models.DateTimeField("调出时间")
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="接收人")
    received_at = models.DateTimeField("接收时间", null=True)
    came_back = models.BooleanField("退回调出厅", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "厅间调拨"
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~Q(from_hall=F("to_hall")), name="transfer_between_two_halls"),
        ]


class StockEntry(models.Model):
    """One line of the ledger. Never changed, never deleted (a trigger refuses both); book = sum of quantities."""

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="entries", verbose_name="品种")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="stock_entries", verbose_name="营业厅")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+", verbose_name="窗口")
    move = models.CharField("事项", max_length=10, choices=StockMove.pairs)
    quantity = models.IntegerField("数量")
    after = models.PositiveIntegerField("账面")
    serial_first = models.CharField("起号", max_length=30, blank=True)
    serial_last = models.CharField("止号", max_length=30, blank=True)
    reason = models.CharField("说明", max_length=100, blank=True)
    other = models.CharField("对方", max_length=60, blank=True)
    transfer = models.ForeignKey(StockTransfer, models.PROTECT, null=True, related_name="entries")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "卡品票据台账"
        ordering = ["-id"]
        indexes = [models.Index(fields=["hall", "item", "window"], name="stock_entry_by_place")]


class SerialRange(models.Model):
    """Where consecutive numbers are now. A number exists once in the whole company, sold or not."""

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="ranges")
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+")
    window = models.ForeignKey(Window, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=SerialState.pairs, default=SerialState.HELD)
    prefix = models.CharField(max_length=20, blank=True)
    width = models.PositiveSmallIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "号段"
        ordering = ["item", "prefix", "first"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="serials_end_after_start"),
            ExclusionConstraint(
                name="a_serial_exists_once",
                expressions=[
                    ("item", RangeOperators.EQUAL),
                    ("prefix", RangeOperators.EQUAL),
                    ("width", RangeOperators.EQUAL),
                    (
                        Func("first", "last", Value("[]"), function="int8range", output_field=BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(fields=["hall", "item", "window", "state"], name="serials_by_place")]

    @property
    def serials(self) -> Serials:
        return Serials(self.prefix, self.width, self.first, self.last)
