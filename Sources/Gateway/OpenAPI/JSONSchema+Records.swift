import GatewayStore
import Receipts
import Signing
import StrictJSON

// What the gateway keeps and shows: models, jobs, credits.

extension JSONSchema {
    static let model = answer([
        "id": modelID,
        "object": constant("model"),
        "created": count.describing("Unix seconds."),
        "owned_by": string(),
        "decentral": answer(
            [
                "tier": word(Tier.allCases.map(\.rawValue)),
                "credits_per_request": count.describing("For up to 500 output tokens."),
                "credits_per_1k_tokens": count.describing("For each 1,000 output tokens beyond those."),
                "active_workers": count,
                "median_latency_ms": count.orNull.describing("Of the first token, over the last hour."),
                "parameters": string(),
                "context_window": integer(1...).describing("In tokens."),
            ],
            optional: [
                "alias_of": modelID.describing("The model that supersedes this id."),
                "retires": string(format: "date").describing("The last day of the alias."),
            ]
        ),
    ])

    static let job = answer([
        "id": jobID,
        "object": constant("job"),
        "status": word(JobStatus.allCases.map(\.rawValue)),
        "model": modelID,
        "tier": word(Tier.allCases.map(\.rawValue)),
        "credits_charged": count,
        "credits_locked": count,
        "usdc_value": JSONSchema(["type": "number", "minimum": 0]).describing("Of the charge; 1 credit is $0.01."),
        "worker_address": address.orNull,
        "created_at": time,
        "completed_at": time.orNull,
        "cancelled_at": time.orNull.describing("When the caller hung up."),
        "on_chain": answer([
            "network": string(),
            "escrow_tx": transaction,
            "settlement_tx": transaction.orNull,
            "escrow_pda": address.orNull,
            "slot": count.orNull,
            "proof_hash": digest.orNull.describing("Of the payload of the worker's receipt."),
        ]),
        "usage": named("Usage").orNull,
        "time_to_first_token_ms": count.orNull,
        "error": answer(["code": string(), "message": string().orNull]).orNull,
    ])

    static let receipt = answer([
        "object": constant("receipt"),
        "job_id": jobID,
        "receipt": named("Envelope").describing("The worker's receipt."),
        "statement": named("Envelope").describing("The gateway's ledger entry that settles the job."),
    ])

    static let envelope = answer([
        "payload": string(format: "byte").describing("Canonical JSON (RFC 8785) in base64."),
        "payloadType": string(),
        "signatures": array(of: answer(["keyid": address, "sig": string(format: "byte")]), 1 ... .max),
    ]).describing("A DSSE envelope (Dead Simple Signing Envelope v1), signed with ed25519.")

    static let credits = answer([
        "object": constant("credits"),
        "wallet": address,
        "balance": count.describing("What can be spent."),
        "granted": count,
        "deposited": count,
        "locked": count.describing("Held for jobs that run."),
        "spent": count,
        "usdc_value": JSONSchema(["type": "number", "minimum": 0]).describing("Of the balance; 1 credit is $0.01."),
    ])

    static let transactionEntry = answer([
        "id": transactionID,
        "object": constant("credit_transaction"),
        "type": word(LedgerEntry.Event.Kind.allCases.map(\.rawValue)),
        "credits": JSONSchema(["type": "integer"]).describing("What the balance gained, or lost if negative."),
        "job_id": jobID.orNull,
        "tx_signature": transaction,
        "created_at": time,
    ])
}
