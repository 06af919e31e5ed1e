"""A worker, a gateway and the wire between them, lost at every stage of a job.

The wire itself holds the stage: it stops just before a given message, so that each test begins at the same byte.
"""

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor

import openai
import pytest
from harness.asking import Answer, stream
from harness.gateway import Caller, Gateway
from harness.network import Network
from harness.relay import Relay, Stop
from harness.scripted_upstream import Call, ScriptedUpstream
from harness.waiting import eventually
from harness.wire import Message
from harness.worker import Worker

# Each as the message that has not arrived, and which one of its kind.
OFFERED = (Message.JOB_OFFER, 1)
ACCEPTED = (Message.JOB_ACCEPTED, 1)
FIRST_TOKEN = (Message.JOB_DELTA, 1)
IN_THE_MIDDLE = (Message.JOB_DELTA, 2)
FINISHED = (Message.JOB_FINISHED, 1)
SETTLED = (Message.RECEIPT_ACCEPTED, 1)
PAID = (Message.PAYOUT, 1)

BEFORE_THE_FIRST_TOKEN = [OFFERED, ACCEPTED, FIRST_TOKEN]
BEFORE_THE_RECEIPT = [*BEFORE_THE_FIRST_TOKEN, IN_THE_MIDDLE]
AFTER_THE_SETTLEMENT = [SETTLED, PAID]


def name(stage: object) -> str:
    return f"{stage[0].name}-{stage[1]}".lower() if isinstance(stage, tuple) else str(stage)


class Scene:
    """A gateway, workers on a wire each, and one job that is held at a stage."""

    def __init__(self, network: Network):
        self.network = network
        self.text = f"{network.output_word} and more"
        self.wires: list[Relay] = []
        self.workers: list[Worker] = []
        self.upstream = ScriptedUpstream(self._answer)
        self._pool = ThreadPoolExecutor(1)

    def hold(self, stage: tuple[Message, int], *, workers: int, **settings) -> "Scene":
        """Starts everything, asks, and returns when the job is at that stage."""
        self.wires = [Relay() for _ in range(workers)]
        names = [f"127.0.0.1:{wire.port}" for wire in self.wires]
        self.gateway: Gateway = self.network.start_gateway(public_names=names, **settings)
        stop = self._stop = Stop(*stage)
        for wire in self.wires:
            wire.stop_at(stop)
            wire.serve(self.gateway.worker_port)
            self.workers.append(self.network.add_worker(self.upstream.url, gateway_url=f"http://127.0.0.1:{wire.port}"))
        self.caller: Caller = self.network.caller()
        self.answer: Future[Answer] = self._pool.submit(self._ask)
        self.wire = stop.wait()
        self.worker = self.workers[self.wires.index(self.wire)]
        # The offer leaves before the job's row is on the disk.
        (row,) = eventually(lambda: self.gateway.rows("SELECT job_id FROM jobs"), "the job has a row")
        self.job_id: str = row["job_id"]
        return self

    def _ask(self) -> Answer:
        return stream(self.caller, self.network.prompt_word, model="scripted")

    def _answer(self, call: Call) -> None:
        call.send(self.network.output_word)
        if self._stop.message is Message.JOB_DELTA:
            # What is sent too early travels in the first message, too.
            eventually(lambda: self._stop.seen, "the first token is on its way")
        call.send(" and more")
        call.finish(completion_tokens=2)

    def lose(self, what: str) -> None:
        """Kills the job's worker or its gateway, with what is on the wire, or only cuts the wire."""
        if what == "worker":
            self.worker.process.kill()
        elif what == "gateway":
            self.gateway.process.kill()
        self.wire.cut()

    def come_back(self, what: str) -> None:
        if what == "worker":
            self.worker.start()
        elif what == "gateway":
            self.gateway.start()
        self.gateway.wait_ready()

    def worker_says(self, *statuses: str) -> dict:
        """The worker's row of the job, once it has one of these statuses."""
        eventually(lambda: self.worker.job(self.job_id)["status"] in statuses, f"the worker's job is one of {statuses}")
        return self.worker.job(self.job_id)

    def check_paid_once(self) -> None:
        job = self.caller.wait_for_job(self.job_id, "settled")
        assert job["credits_charged"] == 2
        assert self.caller.credits_remaining() == 10_000 - 2
        self.worker.wait_for_job(self.job_id, "settled")
        assert self.worker.wait_for_payout(self.job_id)["sequence"] == 1
        assert self.worker.evidence(self.job_id).statement["credits_charged"] == 2

    def wait_for_row(self) -> None:
        """Returns once the job's start is on the worker's disk, which nobody waits for: a kill may come before it."""
        eventually(lambda: self.worker.rows("SELECT * FROM jobs WHERE job_id = ?", self.job_id), "the start is on disk")

    def close(self) -> None:
        for wire in self.wires:
            wire.close()
        self.upstream.close()
        self._pool.shutdown()


@pytest.fixture
def scene(empty_network: Network) -> Scene:
    scene = Scene(empty_network)
    # Not before: the network's own checks need the wires.
    empty_network.finally_do(scene.close)
    return scene


@pytest.mark.parametrize("lost", ["worker", "wire"])
@pytest.mark.parametrize("stage", BEFORE_THE_FIRST_TOKEN, ids=name)
def test_before_the_first_token_another_worker_takes_over(scene: Scene, stage, lost: str):
    scene.hold(stage, workers=2)
    if stage is not OFFERED:
        scene.wait_for_row()
    scene.lose(lost)

    answer = scene.answer.result()
    (other,) = [worker for worker in scene.workers if worker is not scene.worker]
    assert answer.text == scene.text
    assert answer.job_id == scene.job_id
    assert answer.decentral["worker"] == other.address
    scene.come_back(lost)
    scene.worker.wait_connected()
    if stage is not OFFERED:
        scene.worker_says("failed", "cancelled", "unpaid")
    assert scene.worker.rows("SELECT * FROM payouts") == []


def test_in_the_middle_a_lost_worker_costs_nothing(scene: Scene):
    scene.hold(IN_THE_MIDDLE, workers=1)
    scene.lose("worker")

    with pytest.raises(openai.APIError):
        scene.answer.result()
    job = scene.caller.wait_for_job(scene.job_id, "failed")
    assert job["credits_charged"] == 0
    assert scene.caller.credits_remaining() == 10_000
    scene.come_back("worker")
    # What it had made and even signed is worth nothing without the tokens that were lost with it.
    assert scene.worker_says("failed", "unpaid")["error_code"]


@pytest.mark.parametrize("stage", [IN_THE_MIDDLE, FINISHED, *AFTER_THE_SETTLEMENT], ids=name)
def test_from_the_first_token_on_a_cut_wire_is_not_noticed(scene: Scene, stage):
    scene.hold(stage, workers=1)
    scene.lose("wire")

    assert scene.answer.result().text == scene.text
    scene.check_paid_once()


@pytest.mark.parametrize("stage", [FINISHED, *AFTER_THE_SETTLEMENT], ids=name)
def test_a_signed_result_survives_its_worker(scene: Scene, stage):
    """The receipt is on disk before it is sent; the worker that is started again sends the same bytes."""
    scene.hold(stage, workers=1)
    scene.lose("worker")
    (row,) = scene.worker.rows("SELECT envelope FROM receipts")
    scene.come_back("worker")

    assert scene.answer.result().text == scene.text
    scene.check_paid_once()
    (kept,) = scene.gateway.rows("SELECT envelope FROM receipts")
    assert kept["envelope"] == row["envelope"]


def test_a_signed_result_that_comes_too_late_is_unpaid_and_says_why(scene: Scene):
    scene.hold(FINISHED, workers=1, reconnect=1)
    scene.lose("worker")

    with pytest.raises(openai.APIError):
        scene.answer.result()
    assert scene.caller.wait_for_job(scene.job_id, "failed")["credits_charged"] == 0
    scene.come_back("worker")
    row = scene.worker_says("unpaid")
    assert row["error_code"] == "job_lost"
    assert row["error_message"]
    assert scene.worker.status()["jobs"]["unpaid"] == 1
    assert scene.worker.receipt_row(scene.job_id)["state"] == "refused"


@pytest.mark.parametrize("stage", [*BEFORE_THE_RECEIPT, FINISHED], ids=name)
def test_a_gateway_killed_before_the_settlement_refunds_the_job(scene: Scene, stage):
    scene.hold(stage, workers=1)
    scene.lose("gateway")
    with pytest.raises((openai.APIError, openai.APIConnectionError, OSError)):
        scene.answer.result()
    scene.come_back("gateway")

    job = scene.caller.wait_for_job(scene.job_id, "refunded")
    assert job["credits_charged"] == 0
    assert scene.caller.credits_remaining() == 10_000
    scene.worker.wait_connected()
    if stage is FINISHED:
        assert scene.worker_says("unpaid")["error_code"] == "job_lost"
    elif stage is not OFFERED:
        # It may have come to its end while the gateway was gone; then its receipt is refused.
        assert scene.worker_says("failed", "cancelled", "unpaid")["error_code"]
    assert scene.worker.rows("SELECT * FROM payouts") == []


@pytest.mark.parametrize("stage", AFTER_THE_SETTLEMENT, ids=name)
def test_a_gateway_killed_after_the_settlement_repeats_it(scene: Scene, stage):
    scene.hold(stage, workers=1)
    (before,) = scene.gateway.rows("SELECT statement FROM receipts")
    scene.lose("gateway")
    with contextlib.suppress(openai.APIError, OSError, StopIteration, IndexError, AssertionError):
        # The caller may have had its answer in time.
        scene.answer.result()
    scene.come_back("gateway")

    scene.check_paid_once()
    assert scene.worker.receipt_row(scene.job_id)["statement"] == before["statement"]
