#!/usr/bin/env bash
# A whole network on this machine: a gateway, a worker and a real llama.cpp with a tiny chat model.
#
#   scripts/quickstart.sh           installs, builds, starts, asks one question; runs on until Ctrl-C
#   scripts/quickstart.sh --once    the same, and ends after the question
#
# For Debian 12 with a Swift toolchain. Everything that it makes outside this folder is in a temporary folder,
# and gone at the end, as are its processes.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/common.sh
source scripts/lib/common.sh

once=false
case "${1:-}" in
    "") ;;
    --once) once=true ;;
    *) fail_usage "usage: scripts/quickstart.sh [--once]" ;;
esac

# shellcheck source=/dev/null
system=$([[ -r /etc/os-release ]] && . /etc/os-release && printf '%s %s' "$ID" "${VERSION_ID:-}") || system=$(uname -s)
if [[ $system != "debian 12" && -z ${DECENTRAL_ANY_SYSTEM:-} ]]; then
    fail "this script is written for Debian 12, and this is ${system}. CONTRIBUTING.md lists what it installs and" \
        "runs. With the same packages in place, DECENTRAL_ANY_SYSTEM=1 scripts/quickstart.sh tries anyway."
fi

scripts/setup.sh

step "Release build"
say "The first one takes ten minutes and more on two cores; later ones take seconds."
quietly "decentral-gateway" swift build --configuration release --product decentral-gateway
quietly "decentral-worker" swift build --configuration release --product decentral-worker
PATH="$(swift build --configuration release --show-bin-path):$PATH"
python=$PWD/.venv/bin/python

# ------------------------------------------------------------------------------- a folder, and its end

base=${XDG_RUNTIME_DIR:-/tmp}
[[ -d $base && -w $base ]] || base=/tmp
folder=$(mktemp -d "$base/decentral.XXXXXX")
gateway_pid="" worker_pid=""

# The worker goes first, so that it can drain; it takes its llama.cpp along.
clean_up() {
    local code=$?
    trap '' INT TERM
    for pid in $worker_pid $gateway_pid; do
        kill -TERM "$pid" 2>/dev/null || continue
        wait "$pid" || true
    done
    if ((code != 0 && code != 130)); then
        for log in "$folder"/*.log; do
            if [[ -s $log ]]; then printf '\n--- the end of %s\n%s\n' "$log" "$(tail -n 20 "$log")" >&2; fi
        done
    fi
    rm -rf "$folder"
    return "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# free_port PREFERRED: that port, or any other that is free.
free_port() {
    "$python" - "$1" <<'PYTHON'
import socket, sys
for port in (int(sys.argv[1]), 0):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(listener.getsockname()[1])
        break
PYTHON
}

# until_true TEXT PID COMMAND...: repeats COMMAND until it succeeds; fails if process PID ends, or after 60 s.
until_true() {
    local what=$1 pid=$2 started=$SECONDS
    shift 2
    until "$@" >/dev/null 2>&1; do
        kill -0 "$pid" 2>/dev/null || fail "$what: the process has ended"
        ((SECONDS - started < 60)) || fail "$what: not within 60 s"
        read -r -t 0.1 <> <(:) || true
    done
    say "$what"
}

# show COMMAND...: the command as you would type it, and what it prints.
show() {
    local line="" word
    for word in "$@"; do
        [[ $word =~ ^[A-Za-z0-9_./:=-]+$ ]] || word="'$word'"
        line+=" $word"
    done
    printf '\n%s$%s%s\n' "$bold" "$line" "$plain"
    "$@"
}

# ------------------------------------------------------------------------------------------ the network

step "Gateway"
api_port=$(free_port 8080)
worker_port=$(free_port 7443)
cat >"$folder/gateway.toml" <<TOML
[gateway]
name = "quickstart"
state_directory = "gateway"
[api]
listen = "127.0.0.1:$api_port"
[worker_listener]
listen = "127.0.0.1:$worker_port"
[admin]
socket = "gateway.sock"
[settlement]
kind = "ledger"
[[model]]
id = "tiny-chat"
owned_by = "decentral"
tier = "lite"
parameters = "1M"
context_window = 2048
TOML
decentral-gateway run --config "$folder/gateway.toml" >"$folder/gateway.log" 2>&1 &
gateway_pid=$!
until_true "the gateway is ready at http://127.0.0.1:$api_port/v1" "$gateway_pid" \
    "$python" -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$api_port/readyz', timeout=5)"

step "Worker, with a llama.cpp of its own"
cat >"$folder/worker.toml" <<TOML
[worker]
name = "quickstart"
state_directory = "worker"
[status]
socket = "worker.sock"
[[network]]
name = "quickstart"
url = "http://127.0.0.1:$worker_port"
[[backend]]
name = "llama"
kind = "llama-server"
command = ["$python", "$PWD/scripts/llama_server.py"]
model_file = "$PWD/models/tiny-chat.gguf"
arguments = ["-n", "256", "-c", "4096", "-np", "2"]
[[model]]
id = "tiny-chat"
backend = "llama"
max_concurrent_jobs = 2
context_window = 2048
TOML
decentral-worker run --config "$folder/worker.toml" >"$folder/worker.log" 2>&1 &
worker_pid=$!
is_hosted() { decentral-gateway workers list --config "$folder/gateway.toml" | grep tiny-chat; }
until_true "the worker hosts tiny-chat, and the gateway knows" "$worker_pid" is_hosted

step "A wallet with credits, and a key that spends them"
say "A wallet is an ed25519 key; 1 credit is 0.01 USDC, and here they are given away."
show decentral-worker identity create "$folder/wallet.json" | tee "$folder/wallet"
wallet=$(tail -n 1 "$folder/wallet")
show decentral-gateway accounts create --wallet "$wallet" --config "$folder/gateway.toml"
show decentral-gateway credits grant --wallet "$wallet" --credits 1000 --config "$folder/gateway.toml"
show decentral-gateway keys create --wallet "$wallet" --config "$folder/gateway.toml" 2>&1 | tee "$folder/key"
key=$(grep '^dcntrl_' "$folder/key")
say "The key is shown this once: the gateway keeps its digest only."

step "A question, with the official OpenAI SDK"
export OPENAI_BASE_URL=http://127.0.0.1:$api_port/v1 OPENAI_API_KEY=$key
say "with OPENAI_BASE_URL=$OPENAI_BASE_URL and the key in OPENAI_API_KEY"
show "$python" scripts/ask.py "What is a worker node?" --job-id-file "$folder/job"
job=$(cat "$folder/job")
is_paid() { decentral-worker payouts --config "$folder/worker.toml" | grep "$job"; }
until_true "the job is settled, and the worker is paid" "$worker_pid" is_paid

step "What is left of it: the job, the evidence, the money"
say "The gateway's record. Credits are locked for the longest answer, charged for the real one; the rest goes back."
show decentral-gateway jobs show "$job" --config "$folder/gateway.toml"
decentral-worker receipts export "$job" --config "$folder/worker.toml" >"$folder/receipt.json"
printf '\n'
say "What the worker signed for it, checked with nothing but the file: its digest is the proof_hash above."
show decentral-worker receipts verify "$folder/receipt.json"
printf '\n'
say "The worker, as its operator sees it, and what it was paid: 1,000,000 micro-USDC are 1 USDC."
show decentral-worker status --config "$folder/worker.toml"
show decentral-worker payouts --config "$folder/worker.toml"
printf '\n'
say "The gateway's books: the grant, the lock and the settlement, each signed and chained to the one before."
show decentral-gateway ledger verify --config "$folder/gateway.toml"

if $once; then
    step "Done"
    say "everything worked; stopping and cleaning up"
    exit 0
fi

step "It runs on; Ctrl-C ends it and leaves nothing behind"
say "Ask something else, in another terminal:"
cat <<TEXT

    export OPENAI_BASE_URL=$OPENAI_BASE_URL OPENAI_API_KEY=$key
    .venv/bin/python scripts/ask.py "What is the capital of Japan?"
    curl \$OPENAI_BASE_URL/models -H "Authorization: Bearer \$OPENAI_API_KEY"
    sqlite3 $folder/worker/worker.sqlite 'SELECT * FROM payouts'
    tail -f $folder/*.log

TEXT
wait -n "$gateway_pid" "$worker_pid" || true
fail "a daemon has ended by itself"
