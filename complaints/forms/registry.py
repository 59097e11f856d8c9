"""Every act on a case: name, words, who may, what it asks, the action behind it. Pages and the API read this."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from complaints.actions import cases, dispatching, ending, handling
from complaints.forms import acts as shapes
from complaints.models import Complaint
from complaints.queries.access import MANAGE, TEAM, WORK, may
from complaints.rules import moves
from complaints.rules.case import Case
from complaints.states import Clock, Did, Kind, Source
from staff.models import User

Run = Callable[[Complaint, dict[str, Any], dict[str, Any]], Complaint]


@dataclass(frozen=True)
class Act:
    """`by` for the action is the person and the moment. `is_main` acts are buttons, the others stand in a list."""

    name: str
    label: str
    did: Did
    need: str
    form: type[shapes.ActForm]
    run: Run
    is_main: bool = False
    is_final: bool = False

    def is_open(self, complaint: Complaint, case: Case, user: User) -> bool:
        """Whether this person may do it now."""
        return fits(self, complaint, case) and may(user, complaint, self.need)


def fits(act: Act, complaint: Complaint, case: Case) -> bool:
    if not moves.fits(act.did, case):
        return False
    wanted = ONLY_WHEN.get(act.name)
    return wanted is None or wanted(complaint, case)


ONLY_WHEN: dict[str, Callable[[Complaint, Case], bool]] = {
    "keep-promise": lambda complaint, case: any(
        clock == Clock.PROMISE and not span.ended for (clock, _), span in case.spans.items()
    ),
    "review": lambda complaint, case: complaint.source == Source.BOOK and not case.is_reviewed,
    "explain-late": lambda complaint, case: case.is_late,
    "deny-owner": lambda complaint, case: case.status == "owner",
    "remove-helper": lambda complaint, case: complaint.helpers.exists(),
    "correct-tier": lambda complaint, case: complaint.kind == Kind.COMPLAINT,
}


def _words(action: Callable[..., Complaint]) -> Run:
    return lambda complaint, said, by: action(complaint.pk, said["words"], **by)


def _plain(action: Callable[..., Complaint]) -> Run:
    return lambda complaint, said, by: action(complaint.pk, **by)


def _two(action: Callable[..., Complaint], first: str) -> Run:
    return lambda complaint, said, by: action(complaint.pk, said[first], said["words"], **by)


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act("confirm-owner", "机主已确认", Did.OWNER_CONFIRMED, WORK, shapes.OwnerForm,
            lambda c, said, by: cases.confirm_owner(c.pk, said["how"], **by), is_main=True),
        Act("deny-owner", "机主否认", Did.REJECTED, WORK, shapes.PlainForm, _plain(cases.deny_owner), is_final=True),
        Act("reply", "答复客户", Did.REPLIED, WORK, shapes.WordsForm, _words(handling.reply), is_main=True),
        Act("dispatch", "派单", Did.DISPATCHED, WORK, shapes.DispatchForm,
            lambda c, said, by: dispatching.dispatch(
                c.pk, said["team"], said["words"], outside_no=said["outside_no"], **by), is_main=True),
        Act("answer", "回单", Did.ANSWERED, TEAM, shapes.WordsForm, _words(dispatching.answer), is_main=True),
        Act("send-back", "退单", Did.RETURNED, TEAM, shapes.ReasonForm, _words(dispatching.send_back)),
        Act("urge", "催办", Did.URGED, WORK, shapes.OptionalWordsForm, _words(dispatching.urge), is_main=True),
        Act("close", "办结", Did.CLOSED, WORK, shapes.CloseForm, _two(ending.close, "outcome"), is_main=True),
        Act("follow-up", "回访", Did.FOLLOWED_UP, WORK, shapes.FollowUpForm, _two(ending.follow_up, "satisfied"),
            is_main=True),
        Act("archive", "归档", Did.ARCHIVED, WORK, shapes.PlainForm, _plain(ending.archive), is_main=True),
        Act("review", "批阅", Did.REVIEWED, MANAGE, shapes.WordsForm, _words(handling.review), is_main=True),
        Act("explain-late", "说明超时原因", Did.OVERDUE_EXPLAINED, WORK, shapes.LateForm,
            _two(handling.explain_late, "why"), is_main=True),
        Act("amend", "补充登记", Did.AMENDED, WORK, shapes.AmendForm,
            lambda c, said, by: cases.amend(c.pk, **by, **said)),
        Act("note", "内部备注", Did.NOTED, WORK, shapes.WordsForm, _words(handling.note)),
        Act("promise", "答应客户", Did.PROMISED, WORK, shapes.PromiseForm,
            lambda c, said, by: handling.promise(c.pk, said["words"], said["due"], **by)),
        Act("keep-promise", "答应的事已办", Did.PROMISE_KEPT, WORK, shapes.KeptForm,
            lambda c, said, by: handling.keep_promise(c.pk, said["promise"], **by)),
        Act("take", "我来处理", Did.TAKEN, WORK, shapes.PlainForm, _plain(handling.take)),
        Act("transfer", "转给他人处理", Did.TAKEN, WORK, shapes.TransferForm, _two(handling.transfer, "to")),
        Act("add-helper", "增加协办人", Did.HELPER_ADDED, WORK, shapes.PersonForm,
            lambda c, said, by: handling.add_helper(c.pk, said["to"], **by)),
        Act("remove-helper", "移出协办人", Did.HELPER_LEFT, WORK, shapes.HelperGoesForm,
            lambda c, said, by: handling.remove_helper(c.pk, said["to"], **by)),
        Act("pause", "暂停计时", Did.PAUSED, WORK, shapes.PauseForm, _two(handling.pause, "why")),
        Act("resume", "恢复计时", Did.RESUMED, WORK, shapes.PlainForm, _plain(handling.resume), is_main=True),
        Act("extend", "延期", Did.EXTENDED, MANAGE, shapes.ExtendForm,
            lambda c, said, by: handling.extend(c.pk, said["why"], said["until"], said["words"], **by)),
        Act("flag", "标记外部关注", Did.FLAGGED, WORK, shapes.FlagForm, _two(handling.flag, "what")),
        Act("correct-tier", "更正客户类别", Did.TIER_CORRECTED, MANAGE, shapes.TierForm,
            _two(cases.correct_tier, "tier")),
        Act("change-first", "改派首问责任人", Did.FIRST_CHANGED, MANAGE, shapes.FirstForm,
            _two(handling.change_first_handler, "to")),
        Act("merge", "并入另一张单", Did.MERGED, WORK, shapes.MergeForm,
            lambda c, said, by: ending.merge(c.pk, said["into"].pk, **by), is_final=True),
        Act("reopen", "重新处理", Did.REOPENED, WORK, shapes.ReasonForm, _words(ending.reopen), is_main=True),
        Act("withdraw", "客户撤回", Did.WITHDRAWN, WORK, shapes.ReasonForm, _words(ending.withdraw), is_final=True),
        Act("reject", "不予受理", Did.REJECTED, MANAGE, shapes.ReasonForm, _words(cases.reject), is_final=True),
    )
}  # fmt: skip


def open_acts(complaint: Complaint, case: Case, user: User) -> list[Act]:
    return [act for act in ACTS.values() if act.is_open(complaint, case, user)]


def do(act: Act, complaint: Complaint, said: dict[str, Any], *, user: User, now: datetime) -> Complaint:
    """Run one act; what it means to be refused is the action's own."""
    return act.run(complaint, said, {"person": user, "now": now})
