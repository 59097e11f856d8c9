"""Versions of the limits. A version is never edited, so that what was read once stays true."""

from collections.abc import Iterable, Mapping

from complaints.models import Complaint, PolicyVersion
from complaints.rules.policy import Policy
from complaints.states import WORKING

_known: dict[int, Policy] = {}


def forget() -> None:
    """For tests, whose versions come and go."""
    _known.clear()


class Versions(Mapping[int, Policy]):
    """All versions by their number, each read when it is asked for."""

    def __getitem__(self, version: int) -> Policy:
        if version not in _known:
            row = PolicyVersion.objects.filter(version=version).first()
            if row is None:
                raise KeyError(version)
            _known[version] = row.rules
        return _known[version]

    def __iter__(self) -> "Iterable[int]":  # type: ignore[override]
        return iter(PolicyVersion.objects.values_list("version", flat=True))

    def __len__(self) -> int:
        return PolicyVersion.objects.count()


VERSIONS = Versions()


def newest() -> PolicyVersion:
    """The version in force for new cases. The first one comes with the migrations."""
    return PolicyVersion.objects.order_by("-version")[0]


def running() -> "Iterable[Complaint]":
    """Cases whose clocks a new version could move."""
    return Complaint.objects.filter(status__in=WORKING).select_related("hall").order_by("pk")
