"""Whether the books of a gateway, its workers and its callers are right: read with plain SQL, as an auditor would."""

from collections import Counter
from collections.abc import Iterable

from .evidence import Evidence
from .gateway import Gateway
from .load import Asked, Outcome
from .waiting import eventually
from .worker import Worker

ENDED = ("settled", "failed", "refunded", "cancelled")
UNPAID_ENDS = ("unpaid", "failed", "cancelled")


def check_books(gateway: Gateway, workers: list[Worker], *, patience: float = 30) -> None:
    """Waits until every job has ended and every receipt is answered, then compares all rows.

    No lock without its end, none with two; charge = worker's share + treasury's share and lock = charge + refund
    in every row; no job paid twice; both sides' rows and the signed documents agree.
    """
    eventually(
        lambda: all(job["status"] in ENDED for job in jobs_of(gateway)), "every job of the gateway has ended", patience
    )
    for worker in workers:
        name = worker.folder.name
        eventually(
            lambda worker=worker: not worker.rows("SELECT job_id FROM receipts WHERE state = 'pending'"),
            f"every receipt of {name} is answered",
            patience,
        )
        eventually(
            lambda worker=worker: not worker.rows("SELECT job_id FROM jobs WHERE status IN ('running', 'finished')"),
            f"every job of {name} has ended",
            patience,
        )
        eventually(
            lambda worker=worker: payouts_of(worker).keys() == payouts_to(gateway, worker).keys(),
            f"{name} knows of its payouts",
            patience,
        )
    # Thousands of entries, in a debug build on a busy machine.
    gateway.ask("ledger", "verify", timeout=600)

    jobs = {job["job_id"]: job for job in jobs_of(gateway)}
    for job in jobs.values():
        check_amounts(job)
    check_locks(gateway, jobs)
    network = gateway.address
    for worker in workers:
        check_worker(worker, gateway, network, jobs)


def jobs_of(gateway: Gateway) -> list[dict]:
    return gateway.rows("SELECT * FROM jobs")


def payouts_of(worker: Worker) -> dict[str, dict]:
    """What the worker says it was paid, by job."""
    rows = worker.rows("SELECT * FROM payouts ORDER BY sequence")
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1)), "payouts count without gaps"
    paid = {row["job_id"]: row for row in rows}
    assert len(paid) == len(rows), "no job is paid twice"
    return paid


def payouts_to(gateway: Gateway, worker: Worker) -> dict[str, dict]:
    """What the gateway says it paid the worker, by job."""
    rows = gateway.rows("SELECT * FROM payouts WHERE worker = ?", worker.address)
    return {row["job_id"]: row for row in rows}


def check_amounts(job: dict) -> None:
    """A row of the gateway's table `jobs`: nothing is made, lost or rounded."""
    if job["status"] == "settled":
        assert job["credits_locked"] == job["credits_charged"] + job["credits_refunded"], job
        assert job["credits_charged"] * 10_000 == job["worker_micro_usdc"] + job["treasury_micro_usdc"], job
    else:
        assert job["credits_charged"] in (0, None), job
        assert job["credits_refunded"] in (job["credits_locked"], None), job


def check_locks(gateway: Gateway, jobs: dict[str, dict]) -> None:
    """Each job's credits were locked once, and each lock ended in the one way that its job did."""
    locks = gateway.rows("SELECT job_id, state FROM locks")
    assert {lock["job_id"] for lock in locks} == jobs.keys(), "a lock for each job"
    for lock in locks:
        end = "settled" if jobs[lock["job_id"]]["status"] == "settled" else "refunded"
        assert lock["state"] == end, f"{lock['job_id']} is {jobs[lock['job_id']]['status']}, its lock {lock['state']}"
    entries = gateway.rows("SELECT job_id, kind FROM ledger_entries WHERE job_id IS NOT NULL")
    counts = Counter((entry["job_id"], "lock" if entry["kind"] == "lock" else "end") for entry in entries)
    assert set(counts.values()) <= {1} and len(counts) == 2 * len(jobs), "each lock is booked once, and its end once"
    settled = {job_id for job_id, job in jobs.items() if job["status"] == "settled"}
    accepted = {row["job_id"] for row in gateway.rows("SELECT job_id FROM receipts WHERE verdict = 'accepted'")}
    assert accepted == settled, "a receipt was accepted for each settled job, and for no other"


def check_worker(worker: Worker, gateway: Gateway, network: str, jobs: dict[str, dict]) -> None:
    """A worker's rows against the gateway's, and against what both have signed."""
    address = worker.address
    paid, paid_by_gateway = payouts_of(worker), payouts_to(gateway, worker)
    for job_id, payout in paid.items():
        theirs = paid_by_gateway[job_id]
        for column in ("sequence", "amount_micro_usdc", "tx_signature", "slot"):
            assert payout[column] == theirs[column], f"{job_id}: {column} of the payouts"
        assert payout["state"] not in ("missing", "mismatched"), payout

    verdicts = {row["job_id"]: row for row in gateway.rows("SELECT * FROM receipts WHERE worker = ?", address)}
    accepted = worker.rows("SELECT * FROM jobs JOIN receipts USING (network, job_id) WHERE state = 'accepted'")
    for row in accepted:
        job_id, job = row["job_id"], jobs[row["job_id"]]
        assert job["status"] == row["status"] == "settled"
        assert job["worker"] == address
        assert row["statement"] == verdicts[job_id]["statement"], f"{job_id}: both keep the same statement"
        evidence = Evidence.of(row, gateway=network, worker=address)
        assert job["credits_charged"] == row["credits"] == evidence.statement["credits_charged"]
        assert row["proof_hash"] == evidence.proof_hash == evidence.statement["proof_hash"] == job["proof_hash"]
        assert job["settlement_tx"] == row["settlement_tx"] == paid[job_id]["tx_signature"]
        assert paid[job_id]["amount_micro_usdc"] == job["worker_micro_usdc"] == row["micro_usdc"]
        assert evidence.receipt["completion_tokens"] == row["completion_tokens"] == job["completion_tokens"]
    # What the gateway settled with this worker, the worker knows of, and the other way round.
    settled = {job_id for job_id, job in jobs.items() if job["status"] == "settled" and job["worker"] == address}
    assert {row["job_id"] for row in accepted} == settled == paid.keys(), f"{worker.folder.name}: settled and paid"
    for row in worker.rows("SELECT * FROM jobs WHERE status != 'settled'"):
        assert row["status"] in UNPAID_ENDS, row
        assert row["error_code"] or row["status"] == "cancelled", f"no reason is kept: {row}"


def check_callers(gateway: Gateway, grants: dict[str, int], asked: Iterable[Asked]) -> None:
    """What the callers were told, against what they were charged.

    A complete answer is a settled job and an error a job that cost nothing; a caller whose connection broke may have
    been served. Nobody is charged for what was not asked, or twice.
    """
    jobs: dict[str, dict] = {}
    charged: Counter[str] = Counter()
    for job in jobs_of(gateway):
        assert job["request_id"] not in jobs, f"two jobs for one request: {job}"
        jobs[job["request_id"]] = job
        charged[job["wallet"]] += job["credits_charged"] or 0
    for wallet, granted in grants.items():
        credits = gateway.ask_json("credits", "show", "--wallet", wallet)["credits"]
        assert credits["available"] == granted - charged[wallet], f"{wallet}: {credits}, charged {charged[wallet]}"
        assert credits["locked"] == 0 and credits["spent"] == charged[wallet], f"{wallet}: {credits}"
    requests = {request.request_id for request in asked}
    strange = [job for request_id, job in jobs.items() if request_id.startswith("load-") and request_id not in requests]
    assert not strange, f"jobs that nobody asked for: {strange}"
    for request in asked:
        job = jobs.get(request.request_id)
        told = f"{request} but {job}"
        match request.outcome:
            case Outcome.COMPLETE:
                assert not request.flaw, told
                assert job and job["status"] == "settled", told
                assert request.decentral["job_id"] == job["job_id"], told
                assert request.decentral["worker"] == job["worker"], told
                assert request.decentral["credits_charged"] == job["credits_charged"], told
                assert request.decentral["proof_hash"] == job["proof_hash"], told
            case Outcome.ERROR:
                assert job is None or job["status"] != "settled", told
            case Outcome.BROKEN | Outcome.LEFT:
                pass
