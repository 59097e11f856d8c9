"""Health of one container: `python deploy/health.py web | worker | beat`; exit 0 means well.

A worker is asked through the broker under its own name; beat is well when its schedule file is fresh, because
it writes that file as it works.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

BEAT_SCHEDULE = Path(os.environ.get("BEAT_SCHEDULE", "/tmp/beat-schedule"))
BEAT_SILENCE = 240  # celery writes its schedule every three minutes


def web() -> bool:
    port = os.environ.get("PORT", "8000")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "localhost"})
    with urllib.request.urlopen(request, timeout=4) as answer:
        return answer.status == 200


def worker() -> bool:
    ping = [sys.executable, "-m", "celery", "-A", "config", "inspect", "ping"]
    ping += ["--destination", f"celery@{socket.gethostname()}", "--timeout", "10"]
    return subprocess.run(ping, check=False, capture_output=True).returncode == 0


def beat() -> bool:
    written = max((path.stat().st_mtime for path in BEAT_SCHEDULE.parent.glob(f"{BEAT_SCHEDULE.name}*")), default=0)
    return time.time() - written < BEAT_SILENCE


if __name__ == "__main__":
    try:
        well = {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]()
    except OSError:
        well = False
    sys.exit(0 if well else 1)
