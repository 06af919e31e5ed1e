"""A worker written from proto/decentral/worker/v1/worker.proto alone: grpcio, PyNaCl, rfc8785.

It shares nothing with the daemons but the `.proto`, from which grpcio-tools makes the messages at run
time. That it can register, do a job and be paid is the proof that the protocol is open.
"""

import importlib
import queue
import secrets
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import base58
import grpc
from grpc_tools import protoc
from nacl.signing import SigningKey, VerifyKey

from .evidence import (
    OFFER,
    RECEIPT,
    STATEMENT,
    address_of,
    output_digest,
    payload_digest,
    seal,
    sha256,
    unseal,
)
from .places import PROTOCOL


def load_messages(folder: Path) -> tuple[ModuleType, ModuleType]:
    """The modules that grpcio-tools makes from the `.proto`: messages, and the service's stub."""
    path = "decentral/worker/v1/worker.proto"
    arguments = [
        "protoc",
        f"--proto_path={PROTOCOL}",
        f"--python_out={folder}",
        f"--grpc_python_out={folder}",
        path,
    ]
    assert protoc.main(arguments) == 0
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return (
        importlib.import_module("decentral.worker.v1.worker_pb2"),
        importlib.import_module("decentral.worker.v1.worker_pb2_grpc"),
    )


@dataclass
class Done:
    """What the worker knows of a job at its end."""

    offer: dict[str, Any]
    receipt: bytes
    statement: dict[str, Any] | None = None
    payouts: list[Any] = field(default_factory=list)


class Rejected(Exception):
    """The gateway did not take the worker in."""


class PythonWorker:
    """Hosts one model and answers every job with the same words.

    It dials `authority`; `claimed_authority` is what it says and signs that it dialled.
    """

    def __init__(
        self,
        authority: str,
        messages: tuple[ModuleType, ModuleType],
        *,
        model: str,
        words: list[str],
        claimed_authority: str | None = None,
    ):
        self.key = SigningKey.generate()
        self.address = address_of(self.key)
        self.jobs: dict[str, Done] = {}
        self.paid: queue.Queue[str] = queue.Queue()
        self._authority, self._model, self._words = claimed_authority or authority, model, words
        self._pb, service = messages
        self._outgoing: queue.Queue[Any] = queue.Queue()
        options = [("grpc.max_receive_message_length", 8 << 20)]
        self._channel = grpc.insecure_channel(authority, options=options)
        self._incoming = service.WorkerNetworkStub(self._channel).Session(iter(self._outgoing.get, None))
        self._failure: BaseException | None = None
        self.gateway = ""
        self._handshake()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def wait_until_paid(self, timeout: float = 20) -> Done:
        """The next job that was paid."""
        try:
            return self.jobs[self.paid.get(timeout=timeout)]
        except queue.Empty:
            raise AssertionError(f"no payout within {timeout} s ({self._failure!r})") from None

    def close(self) -> None:
        """Says that it leaves, and ends its side of the stream."""
        self._send(draining=self._pb.Draining(reason="the test is over"))
        self._outgoing.put(None)
        self._thread.join(10)
        self._channel.close()
        assert self._failure is None, self._failure

    def _send(self, **message: Any) -> None:
        self._outgoing.put(self._pb.WorkerMessage(**message))

    def _handshake(self) -> None:
        nonce = secrets.token_bytes(32)
        hello = self._pb.Hello(
            protocol_version=1,
            worker=self.address,
            nonce=nonce,
            software="python/1",
            authority=self._authority,
        )
        self._send(hello=hello)
        challenge = self._next().challenge
        fields = [challenge.gateway, self.address, nonce.hex(), challenge.nonce.hex(), self._authority]
        signed = "\n".join(["decentral/worker-session/v1/gateway", *fields])
        VerifyKey(base58.b58decode(challenge.gateway)).verify(signed.encode(), challenge.signature)
        self.gateway = challenge.gateway

        answer = "\n".join(["decentral/worker-session/v1/worker", *fields, self.address])
        self._send(
            proof=self._pb.Proof(payout_address=self.address, signature=self.key.sign(answer.encode()).signature)
        )
        welcome = self._next().welcome
        assert welcome.session_id
        self._clock_offset_ms = welcome.network_time_ms - time.time_ns() // 1_000_000
        self._send(announce=self._pb.Announce(name="python", models=[self._hosted_model()]))

    def _next(self) -> Any:
        """The next message of the handshake."""
        message = next(self._incoming)
        if message.WhichOneof("message") == "rejected":
            raise Rejected(message.rejected.message)
        return message

    def _hosted_model(self) -> Any:
        return self._pb.HostedModel(
            id=self._model, slots=2, free_slots=2, context_window=2048, health=self._pb.MODEL_HEALTH_HEALTHY
        )

    def _serve(self) -> None:
        try:
            for message in self._incoming:
                match message.WhichOneof("message"):
                    case "heartbeat":
                        self._send(heartbeat=self._pb.WorkerHeartbeat(models=[self._hosted_model()]))
                    case "job_offer":
                        self._do(message.job_offer)
                    case "receipt_accepted":
                        accepted = message.receipt_accepted
                        done = self.jobs[accepted.job_id]
                        done.statement = unseal(accepted.statement, STATEMENT, self.gateway)
                        assert done.statement["proof_hash"] == payload_digest(done.receipt)
                    case "receipt_refused":
                        raise AssertionError(f"receipt refused: {message.receipt_refused}")
                    case "payout":
                        self.jobs[message.payout.job_id].payouts.append(message.payout)
                        self.paid.put(message.payout.job_id)
        except BaseException as failure:
            self._failure = failure

    def _now_ms(self) -> int:
        """The network's time."""
        return time.time_ns() // 1_000_000 + self._clock_offset_ms

    def _do(self, job: Any) -> None:
        offer = unseal(job.offer, OFFER, self.gateway)
        assert offer["worker"] == offer["payout_address"] == self.address
        assert offer["network"] == self.gateway
        assert offer["job_id"] == job.job_id
        assert offer["request_sha256"] == sha256(job.body)
        accepted_at_ms = self._now_ms()
        self._send(job_accepted=self._pb.JobAccepted(job_id=job.job_id))

        first_token_at_ms = self._now_ms()
        for sequence, word in enumerate(self._words):
            delta = self._pb.ChoiceDelta(index=0, content=word)
            self._send(job_delta=self._pb.JobDelta(job_id=job.job_id, sequence=sequence, choices=[delta]))
        end = self._pb.ChoiceDelta(index=0, finish_reason="stop")
        self._send(job_delta=self._pb.JobDelta(job_id=job.job_id, sequence=len(self._words), choices=[end]))

        choices = [{"index": 0, "content": "".join(self._words), "finish_reason": "stop"}]
        receipt = {
            "version": 1,
            "job_id": job.job_id,
            "network": self.gateway,
            "worker": self.address,
            "payout_address": self.address,
            "model": offer["model"],
            "nonce": offer["nonce"],
            "request_sha256": offer["request_sha256"],
            "output_sha256": output_digest(choices),
            "prompt_tokens": 3,
            "completion_tokens": len(self._words),
            "usage_source": "backend",
            "finish_reasons": ["stop"],
            "accepted_at_ms": accepted_at_ms,
            "first_token_at_ms": first_token_at_ms,
            "finished_at_ms": self._now_ms(),
        }
        envelope = seal(receipt, RECEIPT, self.key)
        self.jobs[job.job_id] = Done(offer, envelope)
        self._send(
            job_finished=self._pb.JobFinished(
                job_id=job.job_id,
                prompt_tokens=3,
                completion_tokens=len(self._words),
                usage_source=self._pb.USAGE_SOURCE_BACKEND,
                receipt=envelope,
            )
        )
