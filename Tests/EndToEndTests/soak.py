"""Chaos for as long as you like, in rounds: faults under load, then quiet, then the books are compared.

scripts/soak.sh runs it. It prints figures after each round, and ends with 1 at the first thing that is not right;
databases and logs are kept then, and their folder is named.
"""

import argparse
import random
import sys
from collections import Counter
from time import monotonic

from harness.chaos import Chaos
from harness.load import Outcome
from harness.network import Network
from harness.schedule import endless


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60, help="how long faults happen (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--askers", type=int, default=16, help="requests at once (default: %(default)s)")
    parser.add_argument("--round", type=float, default=60, help="seconds between two audits (default: %(default)s)")
    options = parser.parse_args()

    print(f"seed {options.seed}: {options.minutes:g} minutes, {options.workers} workers, {options.askers} askers")
    network = Network()
    print(f"databases and logs: {network.folder}", flush=True)
    chaos = None
    is_right = False
    try:
        chaos = Chaos(network, seed=options.seed, workers=options.workers, askers=options.askers)
        faults = endless(options.seed)
        end = monotonic() + options.minutes * 60
        while monotonic() < end:
            round_ends = min(end, monotonic() + options.round)
            chaos.run(faults, until=lambda round_ends=round_ends: monotonic() > round_ends)
            print(figures(chaos), flush=True)
        network.check_and_stop()
        is_right = True
    except KeyboardInterrupt:
        print("interrupted: the books were not compared to the end")
    except Exception as broken:
        print(f"BROKEN after {sum(chaos.faults.values()) if chaos else 0} faults: {broken}", file=sys.stderr)
        print(f"seed {options.seed}; databases and logs are in {network.folder}", file=sys.stderr)
    finally:
        if chaos is not None:
            print(table(chaos, is_right=is_right))
        network.clean_up(keep=not is_right)
    return 0 if is_right else 1


def figures(chaos: Chaos) -> str:
    """One line on what happened so far."""
    jobs = Counter(row["status"] for row in chaos.gateway.rows("SELECT status FROM jobs"))
    kills = sum(count for kind, count in chaos.faults.items() if kind.startswith("kill"))
    unserved = sum(jobs.values()) - jobs["settled"]
    return (
        f"{chaos.seconds / 60:6.1f} min  {sum(jobs.values()):7} jobs  {jobs['settled']:7} settled"
        f"  {unserved:6} refunded  {sum(chaos.faults.values()):6} faults  {kills:5} kills"
    )


def table(chaos: Chaos, *, is_right: bool) -> str:
    """All figures."""
    jobs = Counter(row["status"] for row in chaos.gateway.rows("SELECT status FROM jobs"))
    lines = [f"{'jobs':24} {sum(jobs.values()):8}", f"  {'settled':22} {jobs['settled']:8}"]
    lines += [
        f"  {status + ', refunded':22} {count:8}" for status, count in sorted(jobs.items()) if status != "settled"
    ]
    lines += [f"{'requests':24} {len(chaos.asked):8}"]
    outcomes = Counter(asked.outcome for asked in chaos.asked)
    lines += [f"  {outcome.value:22} {outcomes[outcome]:8}" for outcome in Outcome]
    lines += [f"{'faults':24} {sum(chaos.faults.values()):8}"]
    lines += [f"  {kind:22} {count:8}" for kind, count in sorted(chaos.faults.items())]
    lines += [f"{'lost, or paid twice':24} {'none' if is_right else 'see above':>8}"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
