#!/usr/bin/env python3
"""Measures what the network costs on top of a model server that costs nothing.

    .venv/bin/python Benchmarks/run.py [--callers 1,64,256] [--seconds 5] [--tokens 64] [--json FILE]

Builds the load tools, starts a synthetic model server (upstream.c), a gateway and a worker (release build,
full durability: every job is locked, signed and settled on disk), and runs the load generator (loadgen.c)
against the server directly and through the network, plain and streamed. Every token of every answer is checked.
Prints one table in Markdown; nothing else should run on the machine meanwhile.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEndTests"))

from harness.gateway import Gateway  # noqa: E402
from harness.network import Network  # noqa: E402
from harness.processes import Process, free_port  # noqa: E402
from harness.waiting import eventually  # noqa: E402
from harness.worker import Worker, openai_backend  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Usage:
    """What a process has used so far."""

    cpu_seconds: float
    resident_mib: float

    @classmethod
    def of(cls, pid: int) -> "Usage":
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        resident = next(
            int(line.split()[1]) / 1024
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmRSS:")
        )
        return cls((int(fields[11]) + int(fields[12])) / TICKS, resident)


@dataclass
class Row:
    """One run of the load generator."""

    mode: str
    callers: int
    way: str
    jobs_per_second: float
    tokens_per_second: float
    first_token_p50_ms: float
    first_token_p99_ms: float
    errors: int
    gateway_cpu_us_per_job: float | None = None
    worker_cpu_us_per_job: float | None = None
    cpu_us_per_token: float | None = None
    gateway_mib: float | None = None
    worker_mib: float | None = None


def build(folder: Path) -> tuple[Path, Path]:
    """Compiles the two load tools."""
    for name in ("upstream", "loadgen"):
        subprocess.run(["gcc", "-O2", "-o", folder / name, HERE / f"{name}.c"], check=True)
    return folder / "upstream", folder / "loadgen"


def load(tool: Path, port: int, key: str, callers: int, streamed: bool, options: argparse.Namespace) -> dict:
    """One run of the load generator: its line of JSON."""
    command = [str(tool), "-p", str(port), "-c", str(callers), "-t", str(options.seconds), "-w", "1", "-u"]
    command += ["-k", str(options.tokens), "-m", "scripted", "-a", key] + (["-s"] if streamed else [])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def row_of(result: dict, mode: str, callers: int, way: str) -> Row:
    return Row(
        mode=mode,
        callers=callers,
        way=way,
        jobs_per_second=result["rps"],
        tokens_per_second=result["tok_s"],
        first_token_p50_ms=result["ttft_ms"]["p50"],
        first_token_p99_ms=result["ttft_ms"]["p99"],
        errors=sum(result["errors"].values()),
    )


def measure(tool: Path, upstream_port: int, network: Network, options: argparse.Namespace) -> list[Row]:
    """Every combination of mode and number of callers, direct and through the network in turn."""
    gateway, worker = network.gateway, network.workers[0]
    caller = network.caller(credits=1_000_000_000)
    rows = []
    for streamed in (False, True):
        mode = "streamed" if streamed else "plain"
        for callers in options.callers:
            print(f"{mode}, {callers} callers …", file=sys.stderr, flush=True)
            rows.append(row_of(load(tool, upstream_port, "none", callers, streamed, options), mode, callers, "direct"))
            before = [Usage.of(daemon.process.pid) for daemon in (gateway, worker)]
            result = load(tool, gateway.port, caller.key, callers, streamed, options)
            after = [Usage.of(daemon.process.pid) for daemon in (gateway, worker)]
            spent = [(late.cpu_seconds - early.cpu_seconds) * 1e6 for early, late in zip(before, after, strict=True)]
            row = row_of(result, mode, callers, "network")
            jobs = max(result["ok_all"], 1)
            row.gateway_cpu_us_per_job, row.worker_cpu_us_per_job = spent[0] / jobs, spent[1] / jobs
            row.cpu_us_per_token = sum(spent) / jobs / options.tokens
            row.gateway_mib, row.worker_mib = after[0].resident_mib, after[1].resident_mib
            rows.append(row)
            if "last_body" in result:
                print(f"    refused: {result['last_status']} {result['last_body']}", file=sys.stderr)
    return rows


def table(rows: list[Row]) -> str:
    """The rows in Markdown; each network row with what it adds to the direct row before it."""
    lines = [
        "| mode | callers | way | jobs/s | tokens/s | first token p50 / p99 (ms) | added p50 (ms) "
        "| CPU/job gateway + worker (µs) | CPU/token (µs) | resident gateway + worker (MiB) | errors |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    direct: Row | None = None
    for row in rows:
        added = cpu = token = memory = ""
        if row.way == "direct":
            direct = row
        elif direct is not None:
            added = f"{row.first_token_p50_ms - direct.first_token_p50_ms:.2f}"
            cpu = f"{row.gateway_cpu_us_per_job:.0f} + {row.worker_cpu_us_per_job:.0f}"
            token = f"{row.cpu_us_per_token:.1f}"
            memory = f"{row.gateway_mib:.0f} + {row.worker_mib:.0f}"
        lines.append(
            f"| {row.mode} | {row.callers} | {row.way} | {row.jobs_per_second:,.0f} | {row.tokens_per_second:,.0f} "
            f"| {row.first_token_p50_ms:.2f} / {row.first_token_p99_ms:.2f} | {added} | {cpu} | {token} | {memory} "
            f"| {row.errors} |"
        )
    return "\n".join(lines)


def start_network(upstream_port: int) -> Network:
    """A gateway, and one worker with a slot for every caller."""
    network = Network()
    gateway: Gateway = network.start_gateway()
    backend = openai_backend(f"http://127.0.0.1:{upstream_port}/v1")
    worker = Worker(network.folder / "worker", gateway, backend, model="scripted", slots=1024)
    network.workers.append(worker)
    worker.start()
    worker.wait_ready()
    return network


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", type=lambda text: [int(part) for part in text.split(",")], default=[1, 64, 256])
    parser.add_argument("--seconds", type=int, default=5, help="of each run, after one second of warm-up")
    parser.add_argument("--tokens", type=int, default=64, help="of each answer")
    parser.add_argument("--delay-us", type=int, default=0, help="between the model server's tokens")
    parser.add_argument("--json", type=Path, help="write the rows to this file as well")
    options = parser.parse_args()

    if "DECENTRAL_BIN" not in os.environ:
        build_command = ["swift", "build", "--configuration", "release"]
        subprocess.run(build_command, cwd=REPOSITORY, check=True, stdout=sys.stderr)
        shown = subprocess.run([*build_command, "--show-bin-path"], cwd=REPOSITORY, check=True, capture_output=True)
        os.environ["DECENTRAL_BIN"] = shown.stdout.decode().strip()

    with tempfile.TemporaryDirectory() as name:
        upstream, loadgen = build(Path(name))
        port = free_port()
        command = [str(upstream), "-p", str(port), "-n", str(options.tokens), "-d", str(options.delay_us)]
        server = Process([*command, "-m", "scripted"], Path(name) / "upstream.log")
        try:
            network = start_network(port)
            try:
                rows = measure(loadgen, port, network, options)
                eventually(lambda: network.workers[0].status()["jobs"]["in_flight"] == 0, "the last job has ended")
                network.gateway.ask("ledger", "verify")
            finally:
                network.clean_up(keep=False)
        finally:
            server.clean_up()

    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 1 if any(row.errors for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
