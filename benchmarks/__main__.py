"""Runs one benchmark, or each in a process of its own. Results go to standard output, everything else to the other."""

import importlib
import os
import subprocess
import sys

KNOWN = ["queue_calls", "stats_2m", "board_push", "wait_estimate", "roster"]
KNOWN += ["points_generate", "points_spend", "bills_import"]
KNOWN += ["customer_card"]
KNOWN += ["sla_sweep", "complaint_desk"]
KNOWN += ["month_close", "offline_sync"]
KNOWN += ["cockpit", "nudge_storm"]


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in KNOWN]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(KNOWN)}", file=sys.stderr)
        return 2
    if len(arguments) == 1:
        return run(arguments[0])
    # One process each: settings, connections and the address of the engines belong to one installation.
    ends = [subprocess.call([sys.executable, "-m", "benchmarks", name]) for name in arguments or KNOWN]
    return int(any(ends))


def run(name: str) -> int:
    with os.fdopen(os.dup(1), "w") as results:
        os.dup2(2, 1)
        for line in importlib.import_module(f"benchmarks.{name}").run():
            print(line.as_json(), file=results, flush=True)
    return 0


sys.exit(main(sys.argv[1:]))
