"""The public Curtois–Qu shift scheduling instances, solved and scored: python -m benchmarks.roster_curtois FILE…

The files are not shipped (schedulingbenchmarks.org, text format). Their costs are theirs: requests on and off, cover
below and above. BENCH_ROSTER_SECONDS limits each run (120). What is printed as `value` is the cost of our roster by the
instance's own rules; hold it against the best known one that the authors list.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.harness import Result

SECONDS = float(os.environ.get("BENCH_ROSTER_SECONDS", "120"))


@dataclass
class Member:
    name: str
    most_of: dict[str, int]
    most_minutes: int
    least_minutes: int
    run_most: int
    run_least: int
    off_least: int
    weekends_most: int
    off: set[int] = field(default_factory=set)


@dataclass
class Instance:
    days: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    never_after: dict[str, set[str]] = field(default_factory=dict)
    staff: dict[str, Member] = field(default_factory=dict)
    on: list[tuple[str, int, str, int]] = field(default_factory=list)
    off: list[tuple[str, int, str, int]] = field(default_factory=list)
    cover: list[tuple[int, str, int, int, int]] = field(default_factory=list)


def read(text: str) -> Instance:
    """Sections in capitals, comments after #, values separated by commas."""
    found, section = Instance(), ""
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        if line.startswith("SECTION_"):
            section = line
            continue
        _take(found, section, [part.strip() for part in line.split(",")])
    return found


def _take(found: Instance, section: str, parts: list[str]) -> None:
    match section:
        case "SECTION_HORIZON":
            found.days = int(parts[0])
        case "SECTION_SHIFTS":
            found.minutes[parts[0]] = int(parts[1])
            found.never_after[parts[0]] = {one for one in parts[2].split("|") if one} if len(parts) > 2 else set()
        case "SECTION_STAFF":
            limits = dict(pair.split("=") for pair in parts[1].split("|") if pair)
            most = {shift: int(count) for shift, count in limits.items()}
            hours, least, run, short, free, weekends = (int(part) for part in parts[2:8])
            found.staff[parts[0]] = Member(parts[0], most, hours, least, run, short, free, weekends)
        case "SECTION_DAYS_OFF":
            found.staff[parts[0]].off = {int(part) for part in parts[1:]}
        case "SECTION_SHIFT_ON_REQUESTS":
            found.on.append((parts[0], int(parts[1]), parts[2], int(parts[3])))
        case "SECTION_SHIFT_OFF_REQUESTS":
            found.off.append((parts[0], int(parts[1]), parts[2], int(parts[3])))
        case "SECTION_COVER":
            found.cover.append((int(parts[0]), parts[1], int(parts[2]), int(parts[3]), int(parts[4])))


@dataclass(frozen=True)
class Outcome:
    cost: int | None
    bound: float
    violations: int


def solve(instance: Instance, seconds: float) -> Outcome:
    model = cp_model.CpModel()
    x = {
        (who, day, shift): model.new_bool_var(f"{who} {day} {shift}")
        for who in instance.staff
        for day in range(instance.days)
        for shift in instance.minutes
    }
    for member in instance.staff.values():
        _bind(model, instance, member, x)
    model.minimize(sum(_costs(model, instance, x)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 8
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, solver.best_objective_bound, 0)
    roster = {(who, day): shift for (who, day, shift), var in x.items() if solver.value(var)}
    return Outcome(score(instance, roster), solver.best_objective_bound, violations(instance, roster))


def _bind(model: cp_model.CpModel, instance: Instance, member: Member, x: Any) -> None:
    days, who = range(instance.days), member.name
    work = [sum(x[who, day, shift] for shift in instance.minutes) for day in days]
    for day in days:
        model.add(work[day] <= (0 if day in member.off else 1))
        for shift, never in instance.never_after.items():
            if day + 1 < instance.days and never:
                model.add(x[who, day, shift] + sum(x[who, day + 1, other] for other in never) <= 1)
    for shift, most in member.most_of.items():
        model.add(sum(x[who, day, shift] for day in days) <= most)
    total = sum(minutes * x[who, day, shift] for day in days for shift, minutes in instance.minutes.items())
    model.add(total <= member.most_minutes)
    model.add(total >= member.least_minutes)
    for start in range(instance.days - member.run_most):
        model.add(sum(work[start : start + member.run_most + 1]) <= member.run_most)
    for length in range(1, member.run_least):  # no run at work shorter than allowed, edges free
        for start in range(1, instance.days - length):
            model.add(sum(work[start : start + length]) - work[start - 1] - work[start + length] <= length - 1)
    for length in range(1, member.off_least):
        for start in range(1, instance.days - length):
            model.add(work[start - 1] + work[start + length] - sum(work[start : start + length]) <= 1)
    weekends = []
    for saturday in range(5, instance.days, 7):
        worked = model.new_bool_var("")
        for day in (saturday, saturday + 1):
            if day < instance.days:
                model.add(work[day] <= worked)
        weekends.append(worked)
    model.add(sum(weekends) <= member.weekends_most)


def _costs(model: cp_model.CpModel, instance: Instance, x: Any) -> Iterator[Any]:
    for who, day, shift, weight in instance.on:
        yield weight * (1 - x[who, day, shift])
    for who, day, shift, weight in instance.off:
        yield weight * x[who, day, shift]
    for day, shift, wanted, under, over in instance.cover:
        here = sum(x[who, day, shift] for who in instance.staff)
        less, more = model.new_int_var(0, wanted, ""), model.new_int_var(0, len(instance.staff), "")
        model.add(here + less - more == wanted)
        yield under * less
        yield over * more


def score(instance: Instance, roster: dict[tuple[str, int], str]) -> int:
    """The cost by the instance's rules, counted anew from the roster."""
    cost = sum(weight for who, day, shift, weight in instance.on if roster.get((who, day)) != shift)
    cost += sum(weight for who, day, shift, weight in instance.off if roster.get((who, day)) == shift)
    for day, shift, wanted, under, over in instance.cover:
        here = sum(roster.get((who, day)) == shift for who in instance.staff)
        cost += under * max(wanted - here, 0) + over * max(here - wanted, 0)
    return cost


def violations(instance: Instance, roster: dict[tuple[str, int], str]) -> int:
    """Hard rules broken, counted anew from the roster."""
    count = 0
    for member in instance.staff.values():
        mine = [roster.get((member.name, day), "") for day in range(instance.days)]
        minutes = sum(instance.minutes[shift] for shift in mine if shift)
        count += not member.least_minutes <= minutes <= member.most_minutes
        count += sum(bool(mine[day]) for day in member.off)
        count += sum(mine.count(shift) > most for shift, most in member.most_of.items())
        count += sum(second in instance.never_after.get(first, ()) for first, second in pairwise(mine))
        runs = list(_runs([bool(shift) for shift in mine]))
        count += sum(is_work and length > member.run_most for is_work, length, _ in runs)
        count += sum(is_work and length < member.run_least and not edge for is_work, length, edge in runs)
        count += sum(not is_work and length < member.off_least and not edge for is_work, length, edge in runs)
        worked = sum(any(mine[day : day + 2]) for day in range(5, instance.days, 7))
        count += worked > member.weekends_most
    return count


def _runs(work: list[bool]) -> Iterator[tuple[bool, int, bool]]:
    start = 0
    for place in range(1, len(work) + 1):
        if place == len(work) or work[place] != work[start]:
            yield work[start], place - start, start == 0 or place == len(work)
            start = place


def main(paths: Iterable[str]) -> int:
    for path in paths:
        instance = read(Path(path).read_text(encoding="utf-8"))
        found = solve(instance, SECONDS)
        detail = {
            "size": f"{len(instance.staff)} staff, {instance.days} days",
            "better": "lower",
            "hard_violations": found.violations,
        }
        bound = max(found.bound, 1.0)
        print(
            Result(f"curtois {Path(path).stem}", float(found.cost or -1), "cost", bound, detail).as_json(), flush=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
