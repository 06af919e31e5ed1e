"""The protocol is open: a worker written from the `.proto` alone, in Python, does a job and is paid."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from harness.asking import ask, stream
from harness.evidence import output_digest, unseal
from harness.gateway import Caller
from harness.network import Network
from harness.python_worker import PythonWorker, Rejected, load_messages
from harness.waiting import eventually


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, ModuleType]:
    folder: Path = tmp_path_factory.mktemp("protocol")
    return load_messages(folder)


@pytest.fixture
def python_worker(network: Network, caller: Caller, messages: tuple[ModuleType, ModuleType]) -> Iterator[PythonWorker]:
    words = ["Hello", ", ", network.output_word, " 👋"]
    authority = f"127.0.0.1:{network.gateway.worker_port}"
    worker = PythonWorker(authority, messages, model="scripted", words=words)
    eventually(lambda: "scripted" in network.gateway.models(caller), "the gateway lists its model")
    yield worker
    worker.close()


@pytest.mark.parametrize("asking", [ask, stream])
def test_it_answers_and_is_paid(network: Network, caller: Caller, python_worker: PythonWorker, asking):
    answer = asking(caller, network.prompt_word, model="scripted")
    done = python_worker.wait_until_paid()

    assert answer.text == f"Hello, {network.output_word} 👋"
    assert answer.decentral["worker"] == python_worker.address
    receipt = unseal(done.receipt, "application/vnd.decentral.receipt.v1+json", python_worker.address)
    assert receipt["output_sha256"] == output_digest(answer.choices)
    assert done.statement is not None
    assert done.statement["job_id"] == answer.job_id
    assert done.statement["credits_charged"] == 2
    (payout,) = done.payouts
    assert payout.sequence == 1
    assert payout.amount_micro_usdc == 15_000
    assert payout.tx_signature == caller.job(answer.job_id)["on_chain"]["settlement_tx"]


def test_it_sees_the_callers_body_byte_for_byte(network: Network, caller: Caller, python_worker: PythonWorker):
    """`_do` compares the offer's `request_sha256` with the body; the job is only paid if it held."""
    ask(caller, "çédille " * 1000, model="scripted")
    assert python_worker.wait_until_paid().offer["credits_locked"] >= 2


def test_a_proof_for_another_authority_is_rejected(network: Network, messages: tuple[ModuleType, ModuleType]):
    """What was signed for one gateway is of no use at another: a machine in the middle has another name."""
    reached = f"127.0.0.1:{network.gateway.worker_port}"
    with pytest.raises(Rejected, match="public_names"):
        PythonWorker(reached, messages, model="scripted", words=["no"], claimed_authority="gateway.example:443")
