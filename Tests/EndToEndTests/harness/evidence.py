"""The evidence of a job, checked with libraries that share no code with the daemons.

PyNaCl checks the signatures, rfc8785 the canonical form; see docs/receipts.md for the formats.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import base58
import rfc8785
from nacl.signing import SigningKey, VerifyKey

OFFER = "application/vnd.decentral.offer.v1+json"
RECEIPT = "application/vnd.decentral.receipt.v1+json"
STATEMENT = "application/vnd.decentral.ledger-entry.v1+json"


def address_of(key: SigningKey) -> str:
    return base58.b58encode(bytes(key.verify_key)).decode()


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """What DSSE v1 signs."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def seal(payload: dict, payload_type: str, key: SigningKey) -> bytes:
    """The JSON text of a signed envelope."""
    body = rfc8785.dumps(payload)
    signature = key.sign(pre_authentication_encoding(payload_type, body)).signature
    return json.dumps(
        {
            "payload": base64.b64encode(body).decode(),
            "payloadType": payload_type,
            "signatures": [{"keyid": address_of(key), "sig": base64.b64encode(signature).decode()}],
        }
    ).encode()


def unseal(text: bytes | str, payload_type: str, signer: str) -> dict[str, Any]:
    """The payload of an envelope, after its type, its signature and its canonical form were checked."""
    envelope = json.loads(text)
    assert envelope["payloadType"] == payload_type
    (signature,) = envelope["signatures"]
    assert signature["keyid"] == signer
    payload = base64.b64decode(envelope["payload"], validate=True)
    VerifyKey(base58.b58decode(signer)).verify(
        pre_authentication_encoding(payload_type, payload), base64.b64decode(signature["sig"], validate=True)
    )
    value = json.loads(payload)
    assert rfc8785.dumps(value) == payload, "the payload is not canonical JSON"
    return value


def payload_digest(text: bytes | str) -> str:
    """The digest of an envelope's payload; a receipt's is the job's `proof_hash`."""
    return sha256(base64.b64decode(json.loads(text)["payload"]))


@dataclass
class Evidence:
    """The three documents of a settled job."""

    offer: dict[str, Any]
    receipt: dict[str, Any]
    statement: dict[str, Any]
    proof_hash: str

    @classmethod
    def of(cls, row: dict[str, Any], *, gateway: str, worker: str) -> "Evidence":
        """From a row of the worker's table `receipts`; every signature is checked."""
        return cls(
            offer=unseal(row["offer"], OFFER, gateway),
            receipt=unseal(row["envelope"], RECEIPT, worker),
            statement=unseal(row["statement"], STATEMENT, gateway),
            proof_hash=payload_digest(row["envelope"]),
        )


# --------------------------------------------------------------------------- the digest of an output


def output_digest(choices: list[dict[str, Any]]) -> str:
    """`output_sha256` of final choices: canonical JSON, ordered by index."""
    return sha256(rfc8785.dumps(sorted(choices, key=lambda choice: choice["index"])))


def _choice(index: int, finish_reason: str | None, texts: dict[str, str], tool_calls: list[dict]) -> dict[str, Any]:
    choice: dict[str, Any] = {
        "index": index,
        "finish_reason": finish_reason,
        "content": texts["content"] or None,
    }
    for name in ("reasoning_content", "refusal"):
        if texts[name]:
            choice[name] = texts[name]
    if tool_calls:
        choice["tool_calls"] = tool_calls
    return choice


def choices_of_completion(completion: Any) -> list[dict[str, Any]]:
    """The final choices in what the SDK returned for a plain request."""
    choices = []
    for choice in completion.choices:
        message = choice.message
        texts = {
            "content": message.content or "",
            "reasoning_content": getattr(message, "reasoning_content", None) or "",
            "refusal": message.refusal or "",
        }
        calls = [
            {"arguments": call.function.arguments, "id": call.id, "name": call.function.name}
            for call in message.tool_calls or []
        ]
        choices.append(_choice(choice.index, choice.finish_reason, texts, calls))
    return choices


def choices_of_texts(answers: list[Any]) -> list[dict[str, Any]]:
    """The final choices of a text completion, from its one answer or from all chunks of its stream."""
    texts: dict[int, str] = {}
    reasons: dict[int, str] = {}
    for answer in answers:
        for choice in answer.choices:
            texts[choice.index] = texts.get(choice.index, "") + choice.text
            reasons[choice.index] = choice.finish_reason or reasons.get(choice.index)
    return [
        {"index": index, "finish_reason": reasons[index], "content": text or None}
        for index, text in sorted(texts.items())
    ]


def choices_of_stream(chunks: list[Any]) -> list[dict[str, Any]]:
    """The final choices, joined from the chunks that the SDK yielded."""
    texts: dict[int, dict[str, str]] = {}
    calls: dict[int, dict[int, dict[str, str]]] = {}
    reasons: dict[int, str] = {}
    for chunk in chunks:
        for choice in chunk.choices:
            own = texts.setdefault(choice.index, {"content": "", "reasoning_content": "", "refusal": ""})
            for name in own:
                own[name] += getattr(choice.delta, name, None) or ""
            for piece in choice.delta.tool_calls or []:
                call = calls.setdefault(choice.index, {}).setdefault(
                    piece.index, {"arguments": "", "id": "", "name": ""}
                )
                call["id"] = call["id"] or piece.id or ""
                call["name"] += piece.function.name or ""
                call["arguments"] += piece.function.arguments or ""
            if choice.finish_reason:
                reasons[choice.index] = choice.finish_reason
    return [
        _choice(index, reasons.get(index), own, [call for _, call in sorted(calls.get(index, {}).items())])
        for index, own in sorted(texts.items())
    ]
