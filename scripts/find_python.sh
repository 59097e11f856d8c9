#!/bin/sh
# Prints a Python that can run Hallkeeper: 3.11 or newer, able to make virtual environments.
found=""
for name in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    command -v "$name" >/dev/null 2>&1 || continue
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    found="$name"
    if "$name" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$name"
        exit 0
    fi
done
if [ -n "$found" ]; then
    echo "hallkeeper: $found cannot make virtual environments; install its venv package (Debian: apt-get install python3-venv)" >&2
else
    echo "hallkeeper: Python 3.11 or newer is needed and none was found on PATH; PYTHON=/path/to/python make … names one" >&2
fi
exit 1
