"""Who may do what with one case. Seeing is `Complaint.objects.visible_to`; acting needs more."""

from complaints.models import Complaint
from complaints.states import Status
from staff.models import User

WORK, MANAGE, TEAM = "work", "manage", "team"


def may(user: User, complaint: Complaint, need: str) -> bool:
    """Whether a person meets a need.

    `work`: the people of the case, and who handles complaints there; `team`: who answers for the team it was sent to;
    `manage`: who decides about limits, validity and people.
    """
    hall = complaint.hall
    if need == MANAGE:
        return user.may("complaint.manage", hall)
    if need == TEAM:
        return is_of_team(user, complaint)
    return user.may("complaint.handle", hall) or is_on_it(user, complaint)


def is_on_it(user: User, complaint: Complaint) -> bool:
    if user.pk in {complaint.first_handler_id, complaint.handler_id}:
        return True
    return complaint.helpers.filter(pk=user.pk).exists()


def is_of_team(user: User, complaint: Complaint) -> bool:
    """A hall team is the hall's manager; members answer for theirs; the complaint team for all outside ones."""
    team = complaint.team
    if team is None or complaint.status != Status.DISPATCHED:
        return user.may("complaint.team", complaint.hall)
    if team.is_hall:
        return user.may("complaint.handle", complaint.hall)
    return user.may("complaint.team", complaint.hall) or team.members.filter(pk=user.pk).exists()
