#!/bin/sh
# A further node: lends its processors to the label at LABEL_ADDRESS (HOST:PORT of its Ray).
set -eu
exec ray start --address="$LABEL_ADDRESS" --resources="{\"studio\": $(nproc)}" --disable-usage-stats --block
