"""Pure figures about windows at rest."""

from core.parameters import register

MOST_PAUSE_MINUTES = 240
SHORT_MEAL = register("queueing.meal_short", "用餐:短", default=30, unit="分钟", between=(5, 120))
USUAL_MEAL = register("queueing.meal_usual", "用餐:一般", default=45, unit="分钟", between=(5, 120))
LONG_MEAL = register("queueing.meal_long", "用餐:长", default=60, unit="分钟", between=(5, 120))
HOLD_MINUTES = register("queueing.hold_minutes", "暂挂多久算久", default=30, unit="分钟", between=(5, 240))
MEALS = (SHORT_MEAL, USUAL_MEAL, LONG_MEAL)
