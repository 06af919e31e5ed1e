// Identities, addresses, digests and signed envelopes; the only importer of CSodium.
