"""The reader of the public shift-scheduling instances: every section is understood, scores are as by hand."""

from benchmarks.roster_curtois import Member, read, score, solve, violations

TEXT = """
# two people and a week; times are invented for this test
SECTION_HORIZON
# days, from a Monday
7

SECTION_SHIFTS
# name, minutes, what may not follow
E,480,
L,480,E
N,600,E|L

SECTION_STAFF
# name, most of each shift, most and least minutes, longest and shortest run, shortest rest, weekends
A,E=4|L=3|N=0,2400,960,4,2,2,1
B,E=7|L=7|N=1,2400,0,5,1,1,0

SECTION_DAYS_OFF
A,0
B,5,6

SECTION_SHIFT_ON_REQUESTS
# name, day, shift, weight
A,2,E,3
B,1,L,2

SECTION_SHIFT_OFF_REQUESTS
A,3,L,5
B,4,E,1

SECTION_COVER
# day, shift, wanted, weight below, weight above
1,E,1,100,1
1,L,1,100,1
2,E,2,100,10
3,L,0,100,10
4,E,1,100,1
"""


def test_every_section_is_read():
    found = read(TEXT)

    assert (found.days, found.minutes) == (7, {"E": 480, "L": 480, "N": 600})
    assert found.never_after == {"E": set(), "L": {"E"}, "N": {"E", "L"}}
    assert found.staff["A"] == Member("A", {"E": 4, "L": 3, "N": 0}, 2400, 960, 4, 2, 2, 1, {0})
    assert (found.staff["B"].off, found.staff["B"].weekends_most) == ({5, 6}, 0)
    assert (found.on, found.off) == ([("A", 2, "E", 3), ("B", 1, "L", 2)], [("A", 3, "L", 5), ("B", 4, "E", 1)])
    assert found.cover[2:4] == [(2, "E", 2, 100, 10), (3, "L", 0, 100, 10)]


def test_the_score_is_as_by_hand():
    roster = {("A", 1): "E", ("A", 2): "L", ("A", 3): "L", ("B", 1): "L", ("B", 4): "E"}

    # wishes: A is not on E on day 2 (3), is on L on day 3 (5), B is on E on day 4 (1); B has L on day 1
    # cover: day 2 lacks both E (2 × 100), day 3 has one L too many (10); days 1 and 4 are as wanted
    assert score(read(TEXT), roster) == 3 + 5 + 1 + 200 + 10
    assert score(read(TEXT), {}) == 3 + 2 + (100 + 100 + 200 + 100)


def test_each_hard_rule_that_is_broken_is_counted():
    instance = read(TEXT)
    good = {("A", 1): "E", ("A", 2): "E", ("B", 1): "L"}
    assert violations(instance, good) == 0
    broken = [
        {("A", 0): "E"},  # a day off
        {("A", 3): "N"},  # none of that shift
        {("A", 2): "L", ("A", 3): "E"},  # E after L
        {
            ("A", 3): "E",
            ("A", 4): "E",
            ("A", 5): "E",
        },  # five E and five in a row where four are most; 2400 minutes are just allowed
        {("A", 4): "E"},  # one day off between is too short a rest, one day at work too short a run
        {("A", 2): ""},  # one day at work is too short a run, and 480 minutes are too few
        {("B", 5): "E"},  # a day off, and a weekend where none may be worked
    ]

    assert [violations(instance, {**good, **change}) for change in broken] == [1, 1, 1, 2, 2, 2, 2]


def test_a_solved_instance_breaks_no_rule_and_costs_what_it_says():
    instance = read(TEXT)

    found = solve(instance, 5)

    # Whoever has L on day 1 can't have E on day 2, where two are wanted: one is short (100). All else can be met:
    # A has E on days 1 to 4, B has L on day 1.
    assert (found.violations, found.cost, found.bound) == (0, 100, 100.0)
