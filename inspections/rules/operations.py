"""Whether one operation of a tablet can be taken into a visit: refused one by one, with a sentence."""

import json
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from core.errors import Refused
from core.parameters import register
from inspections.rules.cards import Card, Item
from inspections.rules.sheet import Operation, moment
from inspections.states import Answer, Peak, Unit

PHOTO_MEGABYTES = register("inspections.photo_megabytes", "检查照片大小上限", default=8, unit="MB", between=(1, 20))
LONGEST_NOTE = 500
LONGEST_VALUE = 60_000  # a signature's strokes are the longest thing said
MOST_WINDOWS = 99
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NAME = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST = 2**53
ENTRY = frozenset(
    {"item", "points", "event", "note", "person", "window", "question", "point", "removed", "fixed", "at"}
)
TIMES = ("started_at", "ended_at", "at", "taken_at")


def check(operation: Operation, card: Card, *, photo_bytes: int) -> None:
    """Raises Refused: `unknown_item`, `bad_points`, `bad_value`, `photo_too_large`, `unknown_operation`."""
    family, _, name = operation.key.partition(":")
    judge = JUDGES.get(family)
    if judge is None or (family in WITH_NAME) != bool(name):
        raise Refused("unknown_operation", "平板发来的内容无法识别,请更新页面后再试。")
    if not is_storable(operation.value):
        raise bad("内容太长或含有无法保存的字符,请精简后再试。")
    if operation.value is None and family == "signature":
        return  # taken back, to be signed anew
    judge(name, operation.value, card)
    if family == "photo" and operation.value["size"] > photo_bytes:
        megabytes = operation.value["size"] / 1048576
        raise Refused(
            "photo_too_large", f"照片有 {megabytes:.0f} MB,超过上限 {photo_bytes // 1048576} MB,请缩小后再传。"
        )


def is_storable(value: Any) -> bool:
    """Short enough, and nothing in it that a database's text can't hold."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return len(text) <= LONGEST_VALUE and "\\u0000" not in text


def bad(sentence: str) -> Refused:
    return Refused("bad_value", sentence)


def _item(code: Any, card: Card) -> Item:
    item = card.items.get(code) if isinstance(code, str) else None
    if item is None:
        raise Refused("unknown_item", f"「{str(code)[:20]}」不在本次检查的评分表里,没有记入。")
    return item


def _answer(name: str, value: Any, card: Card) -> None:
    _item(name, card)
    if value != "" and value not in Answer.values:
        raise bad("评定只能是合格、不合格、不适用或未查到。")


def _note(name: str, value: Any, card: Card) -> None:
    _item(name, card)
    _text(value)


def _text(value: Any) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_NOTE:
        raise bad(f"备注不超过 {LONGEST_NOTE} 个字。")


def _who(name: str, value: Any, card: Card) -> None:
    _item(name, card)
    _mapping(value, {"person", "window"})
    _person_and_window(value)


def _person_and_window(value: Mapping[str, Any]) -> None:
    person, window = value.get("person", ""), value.get("window")
    if not isinstance(person, str) or len(person) > 40:
        raise bad("人员不超过 40 个字。")
    if window is not None and (type(window) is not int or not 1 <= window <= MOST_WINDOWS):
        raise bad(f"窗口应为 1–{MOST_WINDOWS} 的号。")


def _flag(name: str, value: Any, card: Card) -> None:
    _item(name, card)
    _boolean(value)


def _boolean(value: Any) -> None:
    if type(value) is not bool:
        raise bad("这一项只能是「是」或「否」。")


def _entry(name: str, value: Any, card: Card) -> None:
    if not NAME.fullmatch(name):
        raise bad("这条扣分记录的编号无法识别。")
    _mapping(value, ENTRY)
    item = _item(value.get("item"), card)
    if not item.is_counted:
        raise bad(f"「{item.name}」每次检查只扣一次,不按次数记录。")
    points = value.get("points")
    if points is None and item.unit != Unit.KEY_POINT:
        points = item.points_min
    if type(points) is not int or not item.points_min <= points <= item.points_max:
        limits = f"{item.points_min}" + (f"–{item.points_max}" if item.points_max != item.points_min else "")
        raise Refused("bad_points", f"「{item.name}」每次应扣 {limits} 分,请核对。")
    for field in ("event", "question", "point", "at"):
        if not isinstance(value.get(field, ""), str) or len(value.get(field, "")) > 100:
            raise bad("扣分记录的内容无法识别。")
    _text(value.get("note", ""))
    _person_and_window(value)
    for flag in ("removed", "fixed"):
        _boolean(value.get(flag, False))


def _photo(name: str, value: Any, card: Card) -> None:
    if not UUID.fullmatch(name):
        raise bad("照片的编号无法识别。")
    _mapping(value, {"item", "entry", "sha256", "size", "taken_at", "place", "width", "height", "removed", "camera"})
    if value.get("item"):
        _item(value["item"], card)
    if not isinstance(value.get("sha256"), str) or not SHA256.fullmatch(value["sha256"]):
        raise bad("照片的校验值无法识别,请重新拍摄。")
    size = value.get("size")
    if type(size) is not int or size <= 0:
        raise bad("照片是空的,请重新拍摄。")
    _place(value.get("place"))
    _times(value)


def _place(place: Any) -> None:
    if place is None:
        return
    _mapping(place, {"lat", "lon", "accuracy"})
    for name, most in (("lat", 90), ("lon", 180), ("accuracy", 10**7)):
        number = place.get(name, 0)
        if type(number) not in {int, float} or not -most <= number <= most:
            raise bad("位置无法识别。")


def _start(name: str, value: Any, card: Card) -> None:
    _mapping(value, {"at", "place"})
    if moment(value.get("at")) is None:
        raise bad("开始时间无法识别,请核对平板的时间。")
    _place(value.get("place"))


def _peak(name: str, value: Any, card: Card) -> None:
    if value not in Peak.values:
        raise bad("请选择高峰或非高峰。")


def _fact(name: str, value: Any, card: Card) -> None:
    if name not in card.facts:
        raise Refused("unknown_item", "这项现场情况不在本次检查的评分表里,没有记入。")
    _boolean(value)


def _watch(name: str, value: Any, card: Card) -> None:
    if not UUID.fullmatch(name):
        raise bad("计时的编号无法识别。")
    _mapping(value, {"item", "label", "seconds", "started_at", "ended_at", "removed"})
    _item(value.get("item"), card)
    if not isinstance(value.get("label", ""), str) or len(value.get("label", "")) > 40:
        raise bad("计时的名称太长。")
    seconds = value.get("seconds", 0)
    if type(seconds) is not int or not 0 <= seconds <= 86400:
        raise bad("计时的时限无法识别。")
    _times(value)


def _veto(name: str, value: Any, card: Card) -> None:
    _mapping(value, {"started_at", "ended_at", "returned", "cancelled"})
    if card.veto_minutes is None:
        raise Refused("unknown_item", "本次检查的评分表没有无人值守一项。")
    if moment(value.get("started_at")) is None:
        raise bad("计时的开始时间无法识别。")
    _times(value)
    for flag in ("returned", "cancelled"):
        _boolean(value.get(flag, False))


def _times(value: Mapping[str, Any]) -> None:
    for name in TIMES:
        if value.get(name) is not None and moment(value[name]) is None:
            raise bad("时间无法识别,请核对平板的时间。")


def _signature(name: str, value: Any, card: Card) -> None:
    if name not in {"auditor", "hall"}:
        raise bad("签字人无法识别。")
    _mapping(value, {"name", "strokes", "refused", "at"})
    if not isinstance(value.get("name", ""), str) or len(value.get("name", "")) > 40:
        raise bad("签字人姓名不超过 40 个字。")
    if value.get("refused"):
        _text(value["refused"])
        return
    strokes = value.get("strokes")
    whole = isinstance(strokes, list) and strokes and all(_is_stroke(stroke) for stroke in strokes)
    if not whole:
        raise bad("签名是空的,请重新签字,或注明拒签原因。")


def _is_stroke(stroke: Any) -> bool:
    return isinstance(stroke, list) and all(type(number) is int and -9999 <= number <= 9999 for number in stroke)


def _remark(name: str, value: Any, card: Card) -> None:
    _text(value)


def _submit(name: str, value: Any, card: Card) -> None:
    _mapping(value, {"before", "at"})
    before = value.get("before")
    if type(before) is not int or not 0 <= before <= LARGEST:
        raise bad("提交的内容无法识别,请重新提交。")


def _mapping(value: Any, names: AbstractSet[str]) -> None:
    if not isinstance(value, dict) or set(value) - names:
        raise bad("平板发来的内容无法识别,请更新页面后再试。")


Judge = Callable[[str, Any, Card], None]
JUDGES: dict[str, Judge] = {
    "answer": _answer,
    "note": _note,
    "who": _who,
    "fixed": _flag,
    "entry": _entry,
    "photo": _photo,
    "fact": _fact,
    "watch": _watch,
    "signature": _signature,
    "start": _start,
    "peak": _peak,
    "veto": _veto,
    "remark": _remark,
    "submit": _submit,
}
WITH_NAME = frozenset({"answer", "note", "who", "fixed", "entry", "photo", "fact", "watch", "signature"})
