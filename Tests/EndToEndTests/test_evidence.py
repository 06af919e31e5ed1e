"""Offers, receipts and statements, checked without this project's code."""

import base64
import json
import subprocess
import sys

import base58
import pytest
from harness.asking import ask
from harness.evidence import OFFER, RECEIPT, STATEMENT, unseal
from harness.gateway import Caller
from harness.network import Network
from harness.places import REPOSITORY
from harness.scripted_upstream import ScriptedUpstream
from harness.worker import Worker
from nacl.exceptions import BadSignatureError
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey


@pytest.fixture
def worker(network: Network, upstream: ScriptedUpstream) -> Worker:
    upstream.script = lambda call: call.answer("one", " two")
    return network.add_worker(upstream.url)


@pytest.fixture
def job_id(caller: Caller, worker: Worker) -> str:
    """A settled job."""
    answer = ask(caller, "anything", model="scripted", max_tokens=50)
    worker.wait_for_job(answer.job_id, "settled")
    return answer.job_id


def test_the_three_documents_tell_one_story(network: Network, caller: Caller, worker: Worker, job_id: str):
    evidence = worker.evidence(job_id)
    offer, receipt, statement = evidence.offer, evidence.receipt, evidence.statement
    job = caller.job(job_id)

    assert offer["network"] == receipt["network"] == network.gateway.address
    assert offer["worker"] == receipt["worker"] == worker.address
    for name in ("job_id", "network", "worker", "payout_address", "model", "nonce", "request_sha256"):
        assert offer[name] == receipt[name], name
    assert offer["share_bps"] == 7_500
    assert (offer["credits_per_request"], offer["credits_per_1k_tokens"], offer["credits_locked"]) == (
        2,
        1,
        2,
    )
    assert offer["escrow_tx"] == statement["escrow_tx"] == job["on_chain"]["escrow_tx"]
    assert receipt["completion_tokens"] == 2
    assert receipt["finish_reasons"] == ["stop"]
    assert receipt["accepted_at_ms"] <= receipt["first_token_at_ms"] <= receipt["finished_at_ms"]
    assert statement["job_id"] == job_id
    assert statement["proof_hash"] == evidence.proof_hash


def test_the_statements_signature_is_the_settlement(caller: Caller, worker: Worker, job_id: str):
    envelope = json.loads(worker.receipt_row(job_id)["statement"])
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    assert base58.b58encode(signature).decode() == caller.job(job_id)["on_chain"]["settlement_tx"]


@pytest.mark.parametrize(("column", "kind"), [("offer", OFFER), ("envelope", RECEIPT), ("statement", STATEMENT)])
def test_another_dsse_library_verifies_them(worker: Worker, job_id: str, column: str, kind: str):
    document = json.loads(worker.receipt_row(job_id)[column])
    (signature,) = document["signatures"]
    key = SSlibKey(signature["keyid"], "ed25519", "ed25519", {"public": base58.b58decode(signature["keyid"]).hex()})
    # The library reads signatures in hexadecimal form, whatever the envelope's text has.
    envelope = Envelope.from_dict(json.loads(json.dumps(document)))
    assert envelope.payload_type == kind
    assert signature["keyid"] in envelope.verify([key], 1)


def test_a_changed_document_verifies_nowhere(network: Network, worker: Worker, job_id: str):
    document = json.loads(worker.receipt_row(job_id)["envelope"])
    payload = json.loads(base64.b64decode(document["payload"]))
    payload["completion_tokens"] += 1
    forged = json.dumps(payload, separators=(",", ":"), sort_keys=True).encode()
    document["payload"] = base64.b64encode(forged).decode()
    text = json.dumps(document)

    with pytest.raises(BadSignatureError):
        unseal(text, RECEIPT, worker.address)
    file = network.folder / "forged.json"
    file.write_text(text)
    assert verify(worker, file).returncode == 4


def test_the_command_line_verifies_all_three(network: Network, worker: Worker, job_id: str):
    row = worker.receipt_row(job_id)
    for column in ("offer", "envelope", "statement"):
        file = network.folder / f"{column}.json"
        file.write_bytes(as_bytes(row[column]))
        done = verify(worker, file)
        assert done.returncode == 0, done.stderr
        assert job_id in done.stdout


def test_the_example_of_the_documentation_works(network: Network, worker: Worker, job_id: str):
    """docs/receipts.md carries a program for readers; this runs it as it stands there."""
    text = (REPOSITORY / "docs" / "receipts.md").read_text()
    program = text.partition("```python\n")[2].partition("```")[0]
    row = worker.receipt_row(job_id)
    files = []
    for column in ("offer", "envelope", "statement"):
        file = network.folder / f"{column}.json"
        file.write_bytes(as_bytes(row[column]))
        files.append(str(file))
    done = subprocess.run([sys.executable, "-c", program, *files], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("verified") == 3

    changed = network.folder / "changed.json"
    changed.write_bytes(as_bytes(row["envelope"]).replace(b'"payload":"e', b'"payload":"f'))
    done = subprocess.run([sys.executable, "-c", program, str(changed)], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0


def verify(worker: Worker, file) -> subprocess.CompletedProcess[str]:
    """`decentral-worker receipts verify FILE`, which needs no configuration."""
    command = [worker.command()[0], "receipts", "verify", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def as_bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
