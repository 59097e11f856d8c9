"""Run as a program by tests: own a folder's engines until told to end, in a process one can kill."""

import sys
from pathlib import Path

from config.engines import borrowed

if __name__ == "__main__":
    with borrowed(Path(sys.argv[1]), durable=False):
        print("ready", flush=True)
        sys.stdin.read()
    print("ended", flush=True)
