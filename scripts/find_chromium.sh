#!/bin/sh
# Prints the Chromium that browser tests drive; installs Debian's when run as root and none is there.
look() {
    for name in "${HALLKEEPER_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}
look && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "hallkeeper: installing chromium for the browser tests" >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2
    look && exit 0
fi
echo "hallkeeper: no Chromium found, so browser tests are skipped; install one or set HALLKEEPER_CHROMIUM" >&2
exit 1
