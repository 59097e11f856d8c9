"""Files that belong to a case, and who looked at what is confidential."""

import uuid

from django.conf import settings
from django.db import models

from complaints.models.cases import Complaint
from complaints.states import FileKind, LookFor


def place_of(attachment: "Attachment", name: str) -> str:
    """Where a file lies says nothing about the case; its name is only shown."""
    return f"complaints/{attachment.key.hex[:2]}/{attachment.key.hex}.{attachment.kind}"


class Attachment(models.Model):
    """A picture, paper or recording, checked by its bytes."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="attachments", verbose_name="投诉单")
    file = models.FileField("文件", upload_to=place_of)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("种类", max_length=4, choices=FileKind.pairs)
    size = models.PositiveIntegerField("字节数")
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField("添加时间")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="添加人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Look(models.Model):
    """R-C-21: somebody saw a complaint's whole number or one of its files."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="looks", verbose_name="投诉单")
    at = models.DateTimeField("时间")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="人员")
    reason = models.CharField("原因", max_length=10, choices=LookFor.pairs)
    what = models.CharField("内容", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "投诉查看记录"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"
