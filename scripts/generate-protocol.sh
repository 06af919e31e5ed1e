#!/usr/bin/env bash
# Makes the Swift code of the worker protocol from proto/decentral/worker/v1/worker.proto.
#
#   scripts/generate-protocol.sh            write Sources/WorkerProtocol/Generated/worker.pb.swift and
#                                           Sources/WorkerTransport/Generated/worker.grpc.swift
#   scripts/generate-protocol.sh --check    write nothing; exit 1 if they are not what the .proto makes
#
# The compiler is Debian's protoc (package protobuf-compiler); its two plugins are built from the versions
# of swift-protobuf and grpc-swift-protobuf that the package resolved, so that code and runtime agree.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/common.sh
source scripts/lib/common.sh

check=false
case "${1:-}" in
    "") ;;
    --check) check=true ;;
    *) fail_usage "usage: scripts/generate-protocol.sh [--check]" ;;
esac

command -v protoc >/dev/null || fail "protoc is missing; scripts/setup.sh installs it"

readonly proto=decentral/worker/v1/worker.proto
readonly messages=Sources/WorkerProtocol/Generated/worker.pb.swift
readonly service=Sources/WorkerTransport/Generated/worker.grpc.swift

for plugin in protoc-gen-swift protoc-gen-grpc-swift-2; do
    quietly "building $plugin" swift build --product "$plugin"
done
binaries=$(swift build --show-bin-path)

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# `Package` visibility: the messages are our own, shared between targets, promised to nobody outside.
protoc \
    --proto_path=proto \
    --plugin=protoc-gen-swift="$binaries/protoc-gen-swift" \
    --swift_out="$made" \
    --swift_opt=Visibility=Package,UseAccessLevelOnImports=true,FileNaming=DropPath \
    --plugin=protoc-gen-grpc-swift-2="$binaries/protoc-gen-grpc-swift-2" \
    --grpc-swift-2_out="$made" \
    --grpc-swift-2_opt=Visibility=Package,UseAccessLevelOnImports=true,FileNaming=DropPath \
    --grpc-swift-2_opt=ExtraModuleImports=WorkerProtocol \
    "$proto"

# The gRPC plugin does not exempt its output from formatting; the message plugin does.
grep -q '^// swift-format-ignore-file$' "$made/worker.grpc.swift" ||
    sed -i '1i // swift-format-ignore-file\n' "$made/worker.grpc.swift"

place() {
    local from=$1 to=$2
    if $check; then
        diff --unified=1 "$to" "$from" >&2 || fail "$to is not what $proto makes; run scripts/generate-protocol.sh"
    else
        mkdir -p "$(dirname "$to")"
        cp "$from" "$to"
        say "wrote $to"
    fi
}
place "$made/worker.pb.swift" "$messages"
place "$made/worker.grpc.swift" "$service"
if $check; then say "the generated protocol code is up to date"; fi
