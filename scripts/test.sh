#!/usr/bin/env bash
# Runs every check of the repository, from formatting to the real binaries with a real llama.cpp.
#
#   scripts/test.sh            everything
#   scripts/test.sh --quick    without the quickstart, whose release build takes ten minutes and more
#
# Stops at the first step that fails; the last lines repeat each summary.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/common.sh
source scripts/lib/common.sh

quickstart=true
case "${1:-}" in
    "") ;;
    --quick) quickstart=false ;;
    *) fail_usage "usage: scripts/test.sh [--quick]" ;;
esac

scripts/setup.sh --test

outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT

step "Scripts"
mapfile -t shell_scripts < <(git ls-files '*.sh' .ci/run)
for script in "${shell_scripts[@]}"; do bash -n "$script"; done
# SC2317: Debian's version takes functions that only a trap or another function calls for unreachable.
shellcheck --external-sources --exclude=SC2317 "${shell_scripts[@]}"
mapfile -t python_scripts < <(git ls-files '*.py')
.venv/bin/ruff check --quiet "${python_scripts[@]}"
.venv/bin/ruff format --check --quiet "${python_scripts[@]}"
say "${#shell_scripts[@]} shell scripts and ${#python_scripts[@]} Python files read well"

step "Formatting of the Swift code"
swift format lint --strict --recursive --parallel Package.swift Sources Tests
say "nothing to change"

step "Generated protocol code"
scripts/generate-protocol.sh --check

step "Debug build"
quietly "swift build" swift build --build-tests

step "Unit and conformance tests"
swift test 2>&1 | tee "$outputs/swift"

step "End-to-end tests"
DECENTRAL_BIN=$(swift build --show-bin-path)
export DECENTRAL_BIN
.venv/bin/python -m pytest Tests/EndToEndTests 2>&1 | tee "$outputs/pytest"

if $quickstart; then
    step "Quickstart"
    scripts/quickstart.sh --once 2>&1 | tee "$outputs/quickstart"
fi

step "Summary"
say "swift test: $(grep -E 'Test run with .* (passed|failed)' "$outputs/swift" | tail -n 1 | sed 's/^[^A-Z]*//')"
say "pytest:     $(tail -n 1 "$outputs/pytest" | tr -d '=' | sed 's/^ *//; s/ *$//')"
if $quickstart; then say "quickstart: $(tail -n 1 "$outputs/quickstart")"; fi
