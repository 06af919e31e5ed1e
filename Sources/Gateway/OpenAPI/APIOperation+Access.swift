import HTTPTypes
import InferenceAPI
import StrictJSON

// API keys, and signing in with a wallet.

extension APIOperation {
    static let createKey = APIOperation(
        id: "createKey",
        method: .post,
        path: "/v1/keys",
        tag: .keys,
        summary: "Make an API key",
        access: .wallet,
        body: .named("KeyRequest"),
        answers: [
            .json(
                status: 201,
                .named("NewKey"),
                "The key, which is never shown again.",
                links: [APILink(name: "revoke", operation: "revokeKey", id: "$response.body#/id")]
            )
        ]
    )

    static let listKeys = APIOperation(
        id: "listKeys",
        method: .get,
        path: "/v1/keys",
        tag: .keys,
        summary: "List the wallet's API keys",
        answers: [.json(.named("KeyList"), "The keys, revoked ones included.")]
    )

    static let revokeKey = APIOperation(
        id: "revokeKey",
        method: .delete,
        path: "/v1/keys/{id}",
        tag: .keys,
        summary: "Revoke an API key",
        access: .wallet,
        parameters: [.id(.keyID, "The key's id.")],
        answers: [.json(.named("Key"), "The key, revoked.")],
        errors: [.keyNotFound]
    )

    static let beginSignIn = APIOperation(
        id: "beginSignIn",
        method: .post,
        path: "/v1/auth/challenge",
        tag: .signIn,
        summary: "Begin a sign-in: get the message for the wallet to sign",
        access: .anybody,
        body: .named("ChallengeRequest"),
        answers: [.json(.named("Challenge"), "The message, good once and for five minutes.")]
    )

    static let finishSignIn = APIOperation(
        id: "finishSignIn",
        method: .post,
        path: "/v1/auth/verify",
        tag: .signIn,
        summary: "End a sign-in: trade the signature for a token",
        access: .anybody,
        body: .named("VerifyRequest"),
        answers: [.json(.named("SessionToken"), "A bearer token for one hour.")],
        errors: [.invalidSignature]
    )
}
