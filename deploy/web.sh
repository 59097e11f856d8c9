#!/bin/sh
# One web process a container: compose counts them, and a restart touches one of them only.
set -eu
metrics="${PROMETHEUS_MULTIPROC_DIR:-/tmp/metrics}"
rm -rf "$metrics"
mkdir -p "$metrics"
export PROMETHEUS_MULTIPROC_DIR="$metrics"
exec python -m uvicorn config.asgi:application --host "${HOST:-0.0.0.0}" --port "${PORT:-8000}" \
    --no-access-log --no-server-header --log-level warning --ws-max-size 65536 \
    --timeout-graceful-shutdown 10 --forwarded-allow-ips "${FORWARDED_ALLOW_IPS:-127.0.0.1}"
