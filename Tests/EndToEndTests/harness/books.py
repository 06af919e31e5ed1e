"""Whether the books of a gateway and its workers are right: read with plain SQL, as an auditor would."""

from .evidence import Evidence
from .gateway import Gateway
from .waiting import eventually
from .worker import Worker

ENDED = ("settled", "failed", "refunded", "cancelled")


def check_books(gateway: Gateway, workers: list[Worker]) -> None:
    """Waits until every job has ended and every receipt is answered, then compares all rows.

    No lock without its end, none with two; charge = worker's share + treasury's share and lock = charge + refund
    in every row; no job paid twice; both sides' rows and the signed documents agree.
    """
    eventually(lambda: all(job["status"] in ENDED for job in jobs_of(gateway)), "every job of the gateway has ended")
    eventually(
        lambda: not any(worker.rows("SELECT 1 FROM receipts WHERE state = 'pending'") for worker in workers),
        "every receipt is answered",
    )
    eventually(
        lambda: not any(worker.rows("SELECT 1 FROM jobs WHERE status = 'running'") for worker in workers),
        "no worker runs a job",
    )
    gateway.ask("ledger", "verify")

    jobs = {job["job_id"]: job for job in jobs_of(gateway)}
    for job in jobs.values():
        check_amounts(job)
    network = gateway.address
    by_address = {worker.address: worker for worker in workers}
    for worker in workers:
        check_worker(worker, network, jobs)
    for job in jobs.values():
        worker = by_address.get(job["worker"])
        if job["status"] == "settled" and worker is not None:
            paid = worker.rows("SELECT * FROM payouts WHERE job_id = ?", job["job_id"])
            assert len(paid) == 1, f"{job['job_id']} was paid {len(paid)} times"


def jobs_of(gateway: Gateway) -> list[dict]:
    return gateway.rows("SELECT * FROM jobs")


def check_amounts(job: dict) -> None:
    """A row of the gateway's table `jobs`: nothing is made, lost or rounded."""
    if job["status"] == "settled":
        assert job["credits_locked"] == job["credits_charged"] + job["credits_refunded"], job
        assert job["credits_charged"] * 10_000 == job["worker_micro_usdc"] + job["treasury_micro_usdc"], job
    else:
        assert job["credits_charged"] in (0, None), job
        assert job["credits_refunded"] in (job["credits_locked"], None), job


def check_worker(worker: Worker, network: str, jobs: dict[str, dict]) -> None:
    """A worker's rows against the gateway's, and against what both have signed."""
    payouts = worker.rows("SELECT * FROM payouts ORDER BY sequence")
    assert [row["sequence"] for row in payouts] == list(range(1, len(payouts) + 1)), "payouts count without gaps"
    assert len({row["job_id"] for row in payouts}) == len(payouts), "no job is paid twice"
    paid = {row["job_id"]: row for row in payouts}

    for row in worker.rows("SELECT * FROM jobs JOIN receipts USING (network, job_id) WHERE state = 'accepted'"):
        job = jobs[row["job_id"]]
        evidence = Evidence.of(row, gateway=network, worker=worker.address)
        assert job["status"] == row["status"] == "settled"
        assert job["worker"] == worker.address
        assert job["credits_charged"] == row["credits"] == evidence.statement["credits_charged"]
        assert row["proof_hash"] == evidence.proof_hash == evidence.statement["proof_hash"] == job["proof_hash"]
        assert paid[row["job_id"]]["amount_micro_usdc"] == job["worker_micro_usdc"]
        assert evidence.receipt["completion_tokens"] == row["completion_tokens"] == job["completion_tokens"]
    unpaid = {row["job_id"] for row in worker.rows("SELECT job_id FROM jobs WHERE status != 'settled'")}
    assert not unpaid & paid.keys(), "only settled jobs are paid"
    assert paid.keys() <= {job_id for job_id, job in jobs.items() if job["status"] == "settled"}
