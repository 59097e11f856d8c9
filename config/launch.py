"""Set up a child process from the inside, then become the program it should run.

This is a script of its own, not a `preexec_fn`: Python code between fork and exec can lock up when the parent
has threads. `processes.spawn` starts it as `python -I -S launch.py '{json}' program arguments…`.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, first: int, second: int = 0) -> None:
    arguments = [ctypes.c_ulong(value) for value in (first, second, 0, 0)]
    if _libc.prctl(option, *arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option}): {os.strerror(code)}")


def _keep_only_file_capabilities() -> None:
    """Let a user without rights pass folders that only root may enter, and give up everything else."""
    mask = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if _libc.capset(header, data) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"capset: {os.strerror(code)}")
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _become(uid: int, gid: int, through_closed_folders: bool) -> None:
    if through_closed_folders:
        # Without this bit access(2), with which postgres looks for its own program, ignores capabilities.
        _prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if through_closed_folders:
        _keep_only_file_capabilities()


def end_with_parent(death_signal: int) -> None:
    """From now on the kernel sends us this signal when the thread that started us ends."""
    _prctl(PR_SET_PDEATHSIG, death_signal)


def main() -> None:
    plan = json.loads(sys.argv[1])
    if plan["uid"] is not None:
        _become(plan["uid"], plan["gid"], plan["through_closed_folders"])
    if plan["probe"]:
        sys.exit(0 if all(os.access(path, os.R_OK | os.X_OK) for path in plan["probe"]) else 1)
    # Set last: changing the user clears it.
    end_with_parent(plan["death_signal"])
    if os.getppid() != plan["parent"]:
        sys.exit("the parent ended before its child began")
    os.umask(0o077 if plan["private"] else 0o022)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
