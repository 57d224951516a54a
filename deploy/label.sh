#!/bin/sh
# The label's container: a Ray head on this node, then the label on top of it.
# Ray's token (RAY_AUTH_TOKEN) guards its ports; the network they are open to is the one between the containers.
set -eu
ray start --head --port=6379 --dashboard-host=0.0.0.0 --dashboard-port="${RAY_DASHBOARD_PORT:-8265}" \
    --resources="{\"studio\": $(nproc)}" --disable-usage-stats
exec labelmate up --foreground
