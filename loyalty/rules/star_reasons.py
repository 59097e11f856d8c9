"""Why a customer has a star, in words that a clerk can read out (R-L-1, R-L-2, R-L-5, R-L-8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from loyalty.rules import months
from loyalty.states import RatingReason, Star

BENEFITS = ((Star.ONE, "延迟停机 1 天"), (Star.THREE, "每年 3 次免费补换卡"))
"""R-L-10: told as text only; other systems grant them."""


@dataclass(frozen=True)
class Part:
    """One line of the score: what was counted, its figure, and its points (negative takes away)."""

    label: str
    figure: str
    points: int


def yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:,.2f} 元"


def score_parts(kept: Mapping[str, Any], *, joined_on: date, rated_on: date) -> tuple[Part, ...]:
    """The lines behind a score, from what its rating kept; none when it kept nothing (told by another system)."""
    if "bill" not in kept:
        return ()
    counted, fen = kept.get("months") or 1, kept.get("bills_fen")
    mean = "" if fen is None else f"近 {counted} 个月共 {yuan(fen)},月均 {_mean(fen, counted)}"
    lines = [
        Part("月均消费", mean, kept["bill"]),
        Part("网龄", f"入网第 {months.between(joined_on, rated_on) + 1} 个月", kept["age"]),
    ]
    if kept.get("bonus"):
        lines.append(Part("加分产品", "家庭网、集团网等", kept["bonus"]))
    if kept.get("penalty"):
        lines.append(Part("停机", f"近 {counted} 个月 {kept.get('suspensions', 0)} 次", -kept["penalty"]))
    return tuple(lines)


def _mean(fen: int, counted: int) -> str:
    """Half a fen goes up, as the score itself rounds."""
    return f"{(Decimal(fen) / 100 / counted).quantize(Decimal('0.01'), ROUND_HALF_UP):,} 元"


def band_words(star: int, score: int, bands: Mapping[int, int]) -> str:
    """Where a score lies: the band it fell in and what the next star would take."""
    low, high = bands.get(star), bands.get(star + 1)
    if low is None:
        words = f"{score} 分,未达到一星的 {high} 分"
    elif high is None:
        words = f"{score} 分,{Star(star).label} {low} 分起"
    else:
        words = f"{score} 分,{Star(star).label}为 {low}–{high - 1} 分"
    short = 0 if high is None or low is None else high - score
    return f"{words},距{Star(star + 1).label}差 {short} 分" if short > 0 else words


def verdict(reason: str, star: int, score: int | None, kept: Mapping[str, Any], bands: Mapping[int, int]) -> str:
    """One sentence that decides: the band, the cap, or the condition that is not met."""
    if reason == RatingReason.CAPPED and score is not None:
        reached = Star(kept.get("by_score", star)).label
        return f"{score} 分可评{reached},因年内欠费停机较多,封顶为{Star(star).label}"
    if reason == RatingReason.SCORE and score is not None:
        return band_words(star, score, bands)
    if reason == RatingReason.TOLD:
        return "按外部系统导入,没有得分明细"
    return RatingReason(reason).label


def benefits(star: int) -> list[str]:
    """R-L-10: what else a star brings, each from its lowest star on."""
    return [words for least, words in BENEFITS if star >= least]
