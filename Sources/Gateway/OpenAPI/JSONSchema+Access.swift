import StrictJSON

// Who asks: keys, and wallets that sign in.

extension JSONSchema {
    static let keyRequest = request(optional: [
        "name": string(0...KeyRequest.longestName).describing("For people."),
        "expires_at": time.describing("In the future; null: never."),
        "models": array(of: string(1...128), 1...KeyRequest.mostModels)
            .describing("The ids of the models that it may use; null: all."),
        "spending_cap_credits": integer(1...KeyRequest.highestCap).describing("Null: what its wallet has."),
        "test": boolean.describing("Whether its text begins with `dcntrl_test_`."),
    ])

    static let key = answer([
        "id": keyID,
        "object": constant("api_key"),
        "name": string(),
        "test": boolean,
        "created_at": time,
        "expires_at": time.orNull,
        "revoked_at": time.orNull,
        "models": array(of: modelID).orNull,
        "spending_cap_credits": count.orNull,
    ])

    static let newKey = key.extended(by: [
        "key": string(pattern: "^dcntrl_(live|test)_[0-9a-z]{32}$").describing("Shown here only.")
    ])

    static let challengeRequest = request(required: ["wallet": address])

    static let challenge = answer([
        "message": string(1 ... .max).describing("What the wallet signs, byte for byte."),
        "nonce": string(pattern: "^[0-9a-f]{32}$"),
        "expires_at": time,
    ])

    static let verifyRequest = request(required: [
        "wallet": address,
        "nonce": string().describing("The challenge's."),
        "signature": transaction.describing("The wallet's, over the challenge's message."),
    ])

    static let sessionToken = answer([
        "token": string(pattern: "^dcntrl_session_").describing("A bearer token."), "expires_at": time,
    ])
}
