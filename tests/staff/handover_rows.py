"""Handovers for tests: begun, filled in, given and taken."""

from datetime import timedelta
from decimal import Decimal

from staff.actions import handover_signing as signing
from staff.actions import handovers as actions
from staff.actions.handover_signing import Giving
from staff.actions.handovers import Count, Opening
from tests.staff.money import NOW

LATER = NOW + timedelta(minutes=5)


SEEING, BLIND = 0.99, 0.0


FLOAT = {"50": 4, "20": 5}  # 300.00


def start(scene, *, drawn=SEEING, giver=None, **fields):
    opening = Opening(scene.hall, scene.window, **fields)
    return actions.start(opening, giver=giver or scene.clerk, drawn=drawn, now=NOW)


def lines_of(handover):
    return {line.item.code: line for line in handover.lines.select_related("item")}


def fill(scene, handover, *, notes=FLOAT, keys="2", reason=""):
    lines = lines_of(handover)
    counts = [
        Count(lines["float"].pk, notes=notes, reason=reason),
        Count(lines["keys"].pk, counted=Decimal(keys)),
    ]
    return actions.count(handover.pk, counts, giver=scene.clerk, now=NOW)


def handed(scene, *, giving=None, **fields):
    handover = start(scene, **fields)
    fill(scene, handover)
    return signing.give(handover.pk, giving or Giving(scene.relief), giver=scene.clerk, now=NOW)


def take(scene, handover, *, taker=None, accepted=(), now=LATER):
    return signing.take(handover.pk, taker=taker or scene.relief, accepted=accepted, now=now)
