#!/usr/bin/env bash
# Lets a network of real processes suffer for as long as you like, and compares its books every minute.
#
#   scripts/soak.sh --minutes 60 --seed 7     workers, gateway and backends killed, stopped, cut off, under load
#   scripts/soak.sh --help                    what else can be said
#
# Ends with 1 at the first thing that is not right, and keeps databases and logs; see docs/reliability.md.
# $DECENTRAL_BIN names the binaries to use; without it a debug build is made.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/common.sh
source scripts/lib/common.sh

if [[ -z ${DECENTRAL_BIN:-} ]]; then
    scripts/setup.sh --test
    step "Build"
    quietly "swift build" swift build
    DECENTRAL_BIN=$(swift build --show-bin-path)
    export DECENTRAL_BIN
fi
exec .venv/bin/python Tests/EndToEndTests/soak.py "$@"
