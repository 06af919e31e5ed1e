#!/usr/bin/env bash
# Installs what this repository needs to build and run on Debian 12, and nothing that is there already.
#
#   scripts/setup.sh           what the build and the quickstart need
#   scripts/setup.sh --test    what the tests need on top
#
# Debian packages are installed as root or through sudo, only if one is missing. Python packages go into the
# virtual environment .venv of this folder. The Swift toolchain is yours to install: https://swift.org/install
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/common.sh
source scripts/lib/common.sh

requirements=scripts/requirements.txt
packages=(
    ca-certificates git       # to fetch the Swift packages
    g++                       # the linker and the C and C++ headers that Swift builds with
    pkg-config                # finds the libraries below for the build
    libsodium-dev             # ed25519 and SHA-256
    libsqlite3-dev            # both daemons' databases
    zlib1g-dev                # linked by the gRPC transport
    python3-venv              # for llama.cpp and the OpenAI SDK, from PyPI
    sqlite3                   # to read the databases by hand
)
case "${1:-}" in
    "") ;;
    --test)
        requirements=scripts/requirements-test.txt
        packages+=(
            protobuf-compiler # checks that the generated protocol code is up to date
            shellcheck        # reads the scripts
            curl              # asks the local API as another user
            systemd-container # a real systemd to run the units in
        )
        ;;
    *) fail_usage "usage: scripts/setup.sh [--test]" ;;
esac

# as_root COMMAND...: runs COMMAND as root, through sudo if need be.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "these Debian packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
    fi
}

step "Debian packages"
missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $status == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
    say "all ${#packages[@]} are installed"
else
    say "missing: ${missing[*]}"
    # Ask for the password here, where a prompt can be seen, and not behind the progress line.
    ((EUID == 0)) || as_root true
    export DEBIAN_FRONTEND=noninteractive
    quietly "updating the package lists" as_root apt-get update -q
    quietly "installing ${missing[*]}" as_root apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

step "Swift toolchain"
command -v swift >/dev/null || fail "swift is not on the PATH. Install Swift 6.2 or newer: https://swift.org/install"
swift_version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
say "Swift $swift_version at $(command -v swift)"
if [[ $(printf '%s\n' 6.2 "$swift_version" | sort -V | head -n 1) != 6.2 ]]; then
    fail "Swift $swift_version is too old: this package needs 6.2 or newer"
fi

step "Python environment"
# Debian's own Python, so that another one on the PATH does not decide which wheels fit.
python=/usr/bin/python3
[[ -x .venv/bin/python ]] || quietly "creating .venv" "$python" -m venv --clear .venv
wanted=$(cat scripts/requirements*.txt | sha256sum | cut -d ' ' -f 1)
stamp=.venv/$(basename "$requirements").sha256
if [[ $(cat "$stamp" 2>/dev/null) == "$wanted" ]]; then
    say "all packages of $requirements are installed"
else
    quietly "installing the packages of $requirements" \
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    printf '%s\n' "$wanted" >"$stamp"
fi
