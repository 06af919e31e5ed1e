"""Everything that can happen to a network, happening at once; afterwards nobody has lost a credit."""

import os
import random

import pytest
from harness.chaos import Chaos
from harness.load import Outcome
from harness.network import Network
from harness.schedule import drawn

# Another seed at every run finds what one seed does not; a failed run names its own.
SEED = int(os.environ.get("DECENTRAL_CHAOS_SEED", random.SystemRandom().randrange(1_000_000)))


@pytest.fixture
def chaos(empty_network: Network) -> Chaos:
    print(f"repeat with DECENTRAL_CHAOS_SEED={SEED}")
    return Chaos(empty_network, seed=SEED)


def test_workers_killed_under_load_lose_nothing(chaos: Chaos):
    chaos.run(drawn({"kill worker": 25}, SEED))
    assert chaos.faults["kill worker"] == 25
    assert chaos.load.count(Outcome.COMPLETE) > 0


def test_a_gateway_killed_under_load_loses_nothing(chaos: Chaos):
    chaos.run(drawn({"kill gateway": 10}, SEED))
    assert chaos.faults["kill gateway"] == 10
    assert chaos.load.count(Outcome.COMPLETE) >= 10


def test_faults_of_every_kind_lose_nothing(chaos: Chaos):
    kinds = (
        "kill worker",
        "kill gateway",
        "kill backend",
        "stop worker",
        "stop gateway",
        "stop backend",
        "terminate worker",
        "terminate gateway",
        "cut wire",
        "hold wire to gateway",
        "hold wire to worker",
        "hold wire both ways",
        "garbage backend",
        "slow backend",
        "refusing backend",
        "breaking backend",
        "silent backend",
    )
    chaos.run(drawn(dict.fromkeys(kinds, 2), SEED))
    assert chaos.load.count(Outcome.COMPLETE) > 0
