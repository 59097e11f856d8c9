"""R-S-15: courses, who takes them, what came out."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from halls.models import Hall
from staff.models.people import User
from staff.states import CourseKind


class Course(models.Model):
    """One class: who may come is everybody of the hall, or of all halls when none is named."""

    hall = models.ForeignKey(Hall, models.CASCADE, null=True, blank=True, related_name="courses", verbose_name="营业厅")
    kind = models.CharField("种类", max_length=10, choices=CourseKind.pairs)
    title = models.CharField("课程", max_length=60)
    what = models.CharField("内容", max_length=300, blank=True)
    trainer = models.CharField("讲师", max_length=40)
    day = models.DateField("日期")
    begins = models.TimeField("开始")
    minutes = models.PositiveSmallIntegerField("时长(分钟)", validators=[MinValueValidator(10), MaxValueValidator(600)])
    place = models.CharField("地点", max_length=40, blank=True)
    seats = models.PositiveSmallIntegerField("人数上限", validators=[MinValueValidator(1)])
    pass_mark = models.PositiveSmallIntegerField("及格分", default=80, validators=[MaxValueValidator(100)])
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="安排人")
    made_at = models.DateTimeField("安排时间")

    class Meta:
        verbose_name = verbose_name_plural = "培训"
        ordering = ["-day", "-begins"]

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """A person's place in a class; `score` of its test when one was written."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="seats_taken", verbose_name="课程")
    person = models.ForeignKey(User, models.PROTECT, related_name="seats", verbose_name="人员")
    by_choice = models.BooleanField("本人自选", default=False)
    taken_at = models.DateTimeField("报名时间")
    came = models.BooleanField("到课", null=True)
    score = models.PositiveSmallIntegerField("成绩", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "培训名单"
        ordering = ["person__staff_no"]
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="one_seat_per_course_and_person"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__lte=100, came=True), name="a_score_is_for_who_came"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.course}"

    @property
    def is_passed(self) -> bool:
        return self.score is not None and self.score >= self.course.pass_mark
