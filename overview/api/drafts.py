"""Bodies about drafts of reports and circulars, whose texts may follow a proposal."""

from collections.abc import Collection
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ValidationError


class EditsIn(serializers.Serializer):
    edits = serializers.IntegerField(min_value=0, help_text="of the draft that was read")


class TextsIn(EditsIn):
    """Parts that are not named stay; null gives a part back to the proposal."""

    PARTS: ClassVar[Collection[str]] = ()

    texts = serializers.DictField(child=serializers.CharField(allow_blank=True, allow_null=True), default=dict)

    def validate_texts(self, texts: dict[str, Any]) -> dict[str, Any]:
        if strange := sorted(set(texts) - set(self.PARTS)):
            raise ValidationError(f"没有这个部分:{strange[0]}")
        return texts
