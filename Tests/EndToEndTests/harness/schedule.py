"""Which fault comes next: drawn from a seed, so that a run can be repeated."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

# A fault for every row of what can happen, and how often it does in a run without end.
WEIGHTS = {
    "kill worker": 30,
    "kill gateway": 8,
    "kill backend": 6,
    "stop worker": 6,
    "stop gateway": 3,
    "stop backend": 4,
    "terminate worker": 4,
    "terminate gateway": 2,
    "cut wire": 8,
    "hold wire to gateway": 4,
    "hold wire to worker": 4,
    "hold wire both ways": 4,
    "garbage backend": 3,
    "slow backend": 3,
    "refusing backend": 3,
    "breaking backend": 3,
    "silent backend": 2,
}


@dataclass(frozen=True)
class Fault:
    """Something to happen to one of the processes or wires."""

    kind: str
    # Seconds after the fault before.
    pause: float
    # Which one of several it shall be: from 0 to 1.
    target: float
    # Seconds until it is over: started again, let go on, released.
    lasts: float


def drawn(counts: dict[str, int], seed: int) -> Iterator[Fault]:
    """So many faults of each kind, in a random order."""
    chance = random.Random(seed)
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    chance.shuffle(kinds)
    return (_fault(kind, chance) for kind in kinds)


def endless(seed: int) -> Iterator[Fault]:
    """Faults of all kinds, each as often as its weight says."""
    chance = random.Random(seed)
    while True:
        (kind,) = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        yield _fault(kind, chance)


def _fault(kind: str, chance: random.Random) -> Fault:
    # Mostly short; now and then longer than a session is kept (ten seconds), or than its heartbeats may be missed.
    lasts = chance.uniform(0, 1.2) if chance.random() < 0.95 else chance.uniform(5, 14)
    if kind.startswith(("kill", "terminate")):
        lasts = chance.uniform(0, 0.5)
    return Fault(kind, pause=chance.uniform(0, 0.5), target=chance.random(), lasts=lasts)
