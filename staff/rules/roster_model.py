"""The roster as a constraint model (OR-Tools CP-SAT). Hard rules are constraints, wishes of all kinds cost points."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ortools.sat.python import cp_model

from staff.rules.rosters import DAY_MINUTES, LEADERS, Entry, Plan, Problem, Worker, too_close
from staff.rules.shifts import Shift
from staff.states import Post

ONE = timedelta(days=1)
Key = tuple[int, date, int]


@dataclass
class Built:
    """The model with its variables. `meals`: people of a day's shift who eat at a time; nobody is named."""

    model: cp_model.CpModel
    works: dict[Key, Any] = field(default_factory=dict)
    meals: dict[tuple[date, int, int], Any] = field(default_factory=dict)
    short: dict[tuple[date, int], Any] = field(default_factory=dict)
    cost: list[Any] = field(default_factory=list)
    day_cost: dict[date, Any] = field(default_factory=dict)

    def at_work(self, worker: Worker, day: date) -> Any:
        """0 or 1, also on the known days around the span."""
        if day in worker.around:
            return 1
        return sum(var for var in self.of(worker, day).values())

    def of(self, worker: Worker, day: date) -> dict[int, Any]:
        return self._by_day.get((worker.key, day), {})

    def index(self) -> None:
        self._by_day: dict[tuple[int, date], dict[int, Any]] = {}
        for (worker, day, shift), var in self.works.items():
            self._by_day.setdefault((worker, day), {})[shift] = var


def build(problem: Problem) -> Built:
    built = Built(cp_model.CpModel())
    for worker in problem.workers:
        for day in problem.days:
            for shift in problem.shifts.values():
                if problem.may_take(worker, day, shift):
                    name = f"{worker.key} {day:%d} {shift.name}"
                    built.works[worker.key, day, shift.key] = built.model.new_bool_var(name)
    built.index()
    for worker in problem.workers:
        bind_days(problem, built, worker)
        _bind_shifts(problem, built, worker)
        _bind_hours(problem, built, worker)
        prefer_days(problem, built, worker)
        _prefer_shifts(problem, built, worker)
    for day in problem.days:
        if problem.open.get(day):
            _floor(problem, built, day)
    share_days_fairly(problem, built)
    _share_lates_fairly(problem, built)
    built.model.minimize(sum(built.cost))
    return built


def bind_days(problem: Problem, built: Built, worker: Worker) -> None:
    """Hard: one shift a day, a day off in any seven, a full weekend off."""
    model, run = built.model, problem.limits.run
    for day in problem.days:
        if len(built.of(worker, day)) > 1:
            model.add_at_most_one(built.of(worker, day).values())
    day = problem.days[0] - timedelta(days=run)
    while day <= problem.days[-1]:
        window = [day + timedelta(days=ahead) for ahead in range(run + 1)]
        _at_most(model, sum(built.at_work(worker, one) for one in window), run)
        day += ONE
    weekends = problem.weekends()
    least = min(problem.limits.full_weekends, len(weekends))
    if least:
        free = [model.new_bool_var("") for _ in weekends]
        for var, weekend in zip(free, weekends, strict=True):
            for one in weekend:
                model.add(built.at_work(worker, one) + var <= 1)
        model.add(sum(free) >= least)


def _bind_shifts(problem: Problem, built: Built, worker: Worker) -> None:
    """Hard: rest between a day's shift and the next day's."""
    day = problem.days[0] - ONE
    while day <= problem.days[-1]:
        today, tomorrow = _options(problem, built, worker, day), _options(problem, built, worker, day + ONE)
        for shift, var in today:
            close = [other for later, other in tomorrow if too_close(shift, later, problem.limits.rest)]
            if close:
                _at_most(built.model, var + sum(close), 1)
        day += ONE


def _at_most(model: cp_model.CpModel, terms: Any, most: int) -> None:
    """A bound on a sum, which may be a plain number when nothing can be decided."""
    if not isinstance(terms, int):
        model.add(terms <= most)


def _options(problem: Problem, built: Built, worker: Worker, day: date) -> list[tuple[Shift, Any]]:
    if day in worker.around:
        return [(worker.around[day], 1)]
    return [(problem.shifts[key], var) for key, var in built.of(worker, day).items()]


def _bind_hours(problem: Problem, built: Built, worker: Worker) -> None:
    """Art. 36 and 41: the week or the month, and what goes beyond it."""
    model, limits = built.model, problem.limits
    most = 0 if worker.no_overtime else limits.month_overtime
    spent: list[Any] = []
    if problem.scheme.is_standard:
        weekly = 0 if worker.no_overtime else limits.week_overtime
        for week in problem.weeks():
            minutes = _minutes(problem, built, worker, week)
            if isinstance(minutes, int):
                continue
            model.add(minutes <= worker.weekly_minutes + weekly)
            if weekly or any(shift.minutes > DAY_MINUTES for shift in problem.shifts.values()):
                spent.append(_overtime_of_week(problem, built, worker, week))
    else:
        minutes = _minutes(problem, built, worker, problem.days)
        over = model.new_int_var(0, most, "overtime")
        _at_most(model, minutes - over, problem.target(worker))
        spent.append(over)
    if spent:
        model.add(sum(spent) <= most)
        half_hours = model.new_int_var(0, most // 30 + 1, "overtime half hours")
        model.add(half_hours * 30 >= sum(spent))
        built.cost.append(problem.weight("overtime") * half_hours)


def _minutes(problem: Problem, built: Built, worker: Worker, days: Iterable[date], above: int = 0) -> Any:
    """Working minutes of some days, or only those of each day above a number."""
    return sum(
        max(shift.minutes - above, 0) * var for day in days for shift, var in _options(problem, built, worker, day)
    )


def _overtime_of_week(problem: Problem, built: Built, worker: Worker, week: tuple[date, ...]) -> Any:
    over = built.model.new_int_var(0, 7 * 24 * 60, "overtime of the week")
    built.model.add(over >= _minutes(problem, built, worker, week) - worker.weekly_minutes)
    built.model.add(over >= _minutes(problem, built, worker, week, above=DAY_MINUTES))
    return over


def prefer_days(problem: Problem, built: Built, worker: Worker) -> None:
    """Soft: wished days off, and no single days at work or off."""
    model = built.model
    for day, wanted in worker.wishes.items():
        if wanted is None and built.of(worker, day):
            built.cost.append(problem.weight("wish") * sum(built.of(worker, day).values()))
    if not problem.weight("isolated"):
        return
    for day in problem.days[1:-1]:
        before, here, after = (built.at_work(worker, one) for one in (day - ONE, day, day + ONE))
        if not isinstance(here, int):
            lonely = model.new_bool_var("")
            model.add(here - before - after <= lonely)
            model.add(before + after - 1 - here <= lonely)
            built.cost.append(problem.weight("isolated") * lonely)


def _prefer_shifts(problem: Problem, built: Built, worker: Worker) -> None:
    """Soft: wished shifts, and contract hours used."""
    for day, wanted in worker.wishes.items():
        mine = built.of(worker, day)
        if wanted in mine:
            built.cost.append(problem.weight("wish") * (1 - mine[wanted]))
    if problem.weight("idle"):
        most = problem.target(worker)
        idle = built.model.new_int_var(0, most // 30 + 1, "idle half hours")
        built.model.add(idle * 30 >= most - _minutes(problem, built, worker, problem.days) - 29)
        built.cost.append(problem.weight("idle") * idle)


def _floor(problem: Problem, built: Built, day: date) -> None:
    """Soft: the windows of each half hour with meals staggered, and the other posts of the floor."""
    model = built.model
    serving = [one for one in problem.workers if one.serves]
    counts = {
        key: sum(built.of(one, day)[key] for one in serving if key in built.of(one, day))
        for key in problem.shifts
        if any(key in built.of(one, day) for one in serving)
    }
    windows_of_day(problem, built, day, counts)
    for posts, weight in ((LEADERS, "leader"), ({Post.FLOOR}, "post"), ({Post.SALES}, "post")):
        _somebody(problem, built, day, [one for one in problem.workers if one.post in posts], problem.weight(weight))
    if problem.has_zone:
        able = [one for one in problem.workers if Post.ZONE in one.skills and one.serves]
        _somebody(problem, built, day, able, problem.weight("zone"))
    beside = [one for one in problem.workers if one.serves]
    for worker in problem.workers:
        if worker.is_trainee:
            for key, var in built.of(worker, day).items():
                for slot in problem.shifts[key].slots & problem.open[day]:
                    model.add(_there(problem, built, day, slot, beside) >= var)


def windows_of_day(problem: Problem, built: Built, day: date, counts: Mapping[int, Any]) -> None:
    """What is short in each half hour and at noon, from how many work each shift."""
    present, before = _present(problem, built, day, counts), len(built.cost)
    for slot in sorted(problem.open[day]):
        need = problem.need.get(day, {}).get(slot, 0)
        if need:
            built.short[day, slot] = _lack(built, present.get(slot, 0), need, problem.weight("shortage"))
        if slot in problem.noon and problem.weight("noon"):
            _lack(built, present.get(slot, 0), problem.noon_least, problem.weight("noon"))
    built.day_cost[day] = sum(built.cost[before:])


def _present(problem: Problem, built: Built, day: date, counts: Mapping[int, Any]) -> Mapping[int, Any]:
    """Expressions of how many windows are staffed in each half hour; meals are taken by turns."""
    model, found = built.model, dict[int, Any]()
    for key, count in counts.items():
        shift, at_table = problem.shifts[key], {}
        for start in shift.meals:
            at_table[start] = model.new_int_var(0, len(problem.workers), f"{day:%d} {shift.name} meal {start}")
            built.meals[day, key, start] = at_table[start]
        if at_table:
            model.add(sum(at_table.values()) == count)
        for slot in shift.slots & problem.open[day]:
            eating = sum(var for start, var in at_table.items() if slot in shift.meal_slots(start))
            found[slot] = found.get(slot, 0) + count - eating
    return found


def _lack(built: Built, have: Any, need: int, weight: int) -> Any:
    missing = built.model.new_int_var(0, need, "")
    built.model.add(missing >= need - have)
    built.cost.append(weight * missing)
    return missing


def _there(problem: Problem, built: Built, day: date, slot: int, people: Iterable[Worker]) -> Any:
    return sum(
        var for worker in people for key, var in built.of(worker, day).items() if slot in problem.shifts[key].slots
    )


def _somebody(problem: Problem, built: Built, day: date, people: list[Worker], weight: int) -> None:
    """A small cost for each half hour with none of these people there."""
    if not people or not weight:
        return
    for slot in problem.open[day]:
        _lack(built, _there(problem, built, day, slot, people), 1, weight)


def share_days_fairly(problem: Problem, built: Built) -> None:
    """Soft: weekends and holidays spread evenly among those who share a post."""
    weekend = [day for day in problem.days if day.weekday() >= 5]
    holidays = [day for day in problem.days if day in problem.holidays]
    for people in _by_post(problem):
        ends = [sum(built.at_work(one, day) for day in weekend) for one in people]
        _spread(built, ends, [0] * len(people), problem.weight("weekend"))
        fests = [sum(built.at_work(one, day) for day in holidays) for one in people]
        _spread(built, fests, [one.holiday_before for one in people], problem.weight("holiday"))


def _share_lates_fairly(problem: Problem, built: Built) -> None:
    late = {key for key, shift in problem.shifts.items() if shift.is_late}
    for people in _by_post(problem):
        able = [one for one in people if not one.no_late]
        lates = [
            sum(var for day in problem.days for key, var in built.of(one, day).items() if key in late) for one in able
        ]
        _spread(built, lates, [one.late_before for one in able], problem.weight("late"))


def _by_post(problem: Problem) -> Iterable[list[Worker]]:
    groups: dict[Post, list[Worker]] = {}
    for worker in problem.workers:
        groups.setdefault(worker.post, []).append(worker)
    return groups.values()


def _spread(built: Built, counts: list[Any], before: list[int], weight: int) -> None:
    """The distance between who has most and who has least costs points."""
    rows = [(count, past) for count, past in zip(counts, before, strict=True) if not isinstance(count, int)]
    if len(rows) < 2 or not weight:
        return
    least = min(past for _, past in rows)
    top = 62 + max(past for _, past in rows) - least
    high, low = built.model.new_int_var(0, top, "most"), built.model.new_int_var(0, top, "least")
    for count, past in rows:
        built.model.add(high >= count + past - least)
        built.model.add(low <= count + past - least)
    built.cost.append(weight * (high - low))


def fix_days(
    model: cp_model.CpModel,
    built: Built,
    problem: Problem,
    people: Mapping[tuple[date, int], int],
    days: Set[tuple[int, date]],
) -> None:
    """Ask for exactly these days of those who serve, and so many of them on each shift."""
    serving = [one for one in problem.workers if one.serves]
    for worker in serving:
        for day in problem.days:
            if built.of(worker, day):
                model.add(sum(built.of(worker, day).values()) == int((worker.key, day) in days))
    for (day, shift), count in people.items():
        mine = [built.works[one.key, day, shift] for one in serving if (one.key, day, shift) in built.works]
        model.add(sum(mine) == count)


def fix_plan(model: cp_model.CpModel, built: Built, plan: Plan) -> None:
    """Ask for exactly the shifts of a roster."""
    for (worker, day, shift), var in built.works.items():
        entry = plan.get((worker, day))
        model.add(var == int(entry is not None and entry.shift == shift))


def hint_all(model: cp_model.CpModel, values: Sequence[int]) -> None:
    """Start from a solution of the same variables, whole."""
    model.clear_hints()
    for index, value in enumerate(values):
        model.add_hint(model.get_int_var_from_proto_index(index), value)


def hint(problem: Problem, built: Built, plan: Plan) -> None:
    """Start from a known roster."""
    for (worker, day, shift), var in built.works.items():
        entry = plan.get((worker, day))
        built.model.add_hint(var, int(entry is not None and entry.shift == shift))


def plan_of(problem: Problem, built: Built, value: Any) -> dict[tuple[int, date], Entry]:
    """The roster of a solution; `value(var)` reads it. Meals are handed out in turns, zone and manager apart."""
    chosen: dict[tuple[date, int], list[Worker]] = {}
    for worker in problem.workers:
        for day in problem.days:
            for key, var in built.of(worker, day).items():
                if value(var):
                    chosen.setdefault((day, key), []).append(worker)
    counts = {key: value(var) for key, var in built.meals.items()}
    plan: dict[tuple[int, date], Entry] = {}
    for (day, key), people in chosen.items():
        plan.update(_seated(problem, day, problem.shifts[key], people, counts))
    for day in problem.days:
        _mark_zone(problem, plan, day)
    return plan


def _seated(
    problem: Problem, day: date, shift: Shift, people: list[Worker], counts: Mapping[tuple[date, int, int], int]
) -> dict[tuple[int, date], Entry]:
    """Give each of a shift's people a meal: windows by the solved counts, others spread over the possible times."""
    serving = sorted((one for one in people if one.serves), key=lambda one: (Post.ZONE not in one.skills, one.key))
    turn = day.toordinal() % len(serving) if serving else 0
    serving = serving[turn:] + serving[:turn]
    times = [start for start in shift.meals for _ in range(counts.get((day, shift.key, start), 0))]
    entries = {}
    for place, worker in enumerate(serving):
        entries[worker.key, day] = Entry(shift.key, worker.post, times[place] if times else None)
    for place, worker in enumerate(one for one in people if not one.serves):
        meal = shift.meals[(day.toordinal() + place) % len(shift.meals)] if shift.meals else None
        entries[worker.key, day] = Entry(shift.key, worker.post, meal)
    return entries


def _mark_zone(problem: Problem, plan: dict[tuple[int, date], Entry], day: date) -> None:
    """Name who has the 全球通 zone: as few skilled people as cover the day, the longest shifts first."""
    if not problem.has_zone:
        return
    able = [one for one in problem.workers if one.serves and Post.ZONE in one.skills and (one.key, day) in plan]
    left = set(problem.open.get(day, ()))
    while able:
        best = max(able, key=lambda one: (len(problem.shifts[plan[one.key, day].shift].slots & left), -one.key))
        slots = problem.shifts[plan[best.key, day].shift].slots & left
        if not slots:
            return
        entry = plan[best.key, day]
        plan[best.key, day] = Entry(entry.shift, Post.ZONE, entry.meal)
        left -= slots
        able.remove(best)
