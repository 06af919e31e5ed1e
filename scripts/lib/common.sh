# What the scripts share: how they speak, how they fail, how they show that a long step is alive.
# Sourced, not run.
# shellcheck shell=bash

if [[ -t 1 ]]; then
    readonly bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
else
    readonly bold="" dim="" plain=""
fi

# step TEXT: the heading of a step.
step() { printf '\n%s==> %s%s\n' "$bold" "$*" "$plain"; }

# say TEXT: a line within a step.
say() { printf '    %s\n' "$*"; }

# fail TEXT: says what went wrong and ends with exit code 1.
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# fail_usage TEXT: the same for a wrong command line, exit code 2.
fail_usage() {
    printf '%s\n' "$*" >&2
    exit 2
}

# progress_of FILE: the last line of a log that tells progress; indented ones are details of warnings.
progress_of() {
    grep -v '^[[:space:]]' "$1" | tail -n 1 | tr -d '\r\n'
}

# quietly TEXT COMMAND...: runs COMMAND and shows how long it has been at it and the last line that it
# printed, on one line that is rewritten on a terminal and as a line every half minute elsewhere. The whole
# output appears only if COMMAND fails; its exit code is passed on.
quietly() {
    local what=$1
    shift
    local log started=$SECONDS shown=$SECONDS running code=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 &
    running=$!
    # `wait` ends early when a trap runs; the child must not outlive the script then.
    # shellcheck disable=SC2064
    trap "kill $running 2>/dev/null; rm -f '$log'; exit 130" INT TERM
    while kill -0 "$running" 2>/dev/null; do
        if [[ -t 1 ]]; then
            printf '\r\e[K    %s (%d s) %s%.70s%s' "$what" $((SECONDS - started)) "$dim" \
                "$(progress_of "$log")" "$plain"
        elif ((SECONDS - shown >= 30)); then
            shown=$SECONDS
            say "$what: $((SECONDS - started)) s, $(progress_of "$log" | cut -c -90)"
        fi
        read -r -t 0.3 <> <(:) || true
    done
    wait "$running" || code=$?
    trap - INT TERM
    [[ -t 1 ]] && printf '\r\e[K'
    if ((code != 0)); then
        cat "$log" >&2
        rm -f "$log"
        printf 'error: %s failed (exit code %d)\n' "$what" "$code" >&2
        return "$code"
    fi
    rm -f "$log"
    say "$what: done in $((SECONDS - started)) s"
}
