import SQLiteStore

extension StoreSchema {
    /// The gateway's database: accounts and keys, jobs, the ledger, receipts, payouts and workers.
    ///
    /// Times are Unix milliseconds, amounts whole credits or micro-USDC (1 credit is 10,000). Nothing that a caller
    /// asked or was answered has a column, and of an API key there is only its digest.
    static let gateway = StoreSchema(
        name: "a gateway's database",
        applicationID: 0x4443_4757,  // "DCGW"
        migrations: [
            Migration("accounts, jobs and the ledger", sql: accounts + jobs + ledger + receipts + workers),
            Migration("reputations, bans and test jobs", sql: reputations),
            Migration("nonces of signed requests", sql: requestNonces),
            Migration("what each key has spent", sql: keySpending),
            Migration("idempotency keys", sql: idempotencyKeys),
            Migration("webhooks and their deliveries", sql: webhooks),
            Migration("which tokens of a job are billed", sql: billedTokens),
        ]
    )

    // The four sums repeat what the postings say, so that opening need not add up all of them; the audit compares.
    private static let accounts = """
        CREATE TABLE accounts (
            wallet            TEXT    NOT NULL PRIMARY KEY,
            created_at_ms     INTEGER NOT NULL,
            granted_credits   INTEGER NOT NULL DEFAULT 0 CHECK (granted_credits >= 0),
            deposited_credits INTEGER NOT NULL DEFAULT 0 CHECK (deposited_credits >= 0),
            locked_credits    INTEGER NOT NULL DEFAULT 0 CHECK (locked_credits >= 0),
            spent_credits     INTEGER NOT NULL DEFAULT 0 CHECK (spent_credits >= 0)
        ) STRICT;

        CREATE TABLE api_keys (
            key_id               TEXT    NOT NULL PRIMARY KEY,
            wallet               TEXT    NOT NULL REFERENCES accounts (wallet),
            sha256               TEXT    NOT NULL UNIQUE,  -- of the key's text
            name                 TEXT    NOT NULL,
            kind                 TEXT    NOT NULL CHECK (kind IN ('live', 'test')),
            created_at_ms        INTEGER NOT NULL,
            revoked_at_ms        INTEGER,
            expires_at_ms        INTEGER,
            models               TEXT,                     -- JSON array of ids; NULL: all
            spending_cap_credits INTEGER CHECK (spending_cap_credits > 0)
        ) STRICT;
        CREATE INDEX api_keys_by_wallet ON api_keys (wallet, created_at_ms);

        """

    private static let jobs = """
        CREATE TABLE jobs (
            job_id                 TEXT    NOT NULL PRIMARY KEY,
            wallet                 TEXT    NOT NULL REFERENCES accounts (wallet),
            key_id                 TEXT,
            request_id             TEXT    NOT NULL,
            status                 TEXT    NOT NULL CHECK (status IN
                ('pending', 'processing', 'settling', 'settled', 'failed', 'refunded', 'cancelled')),
            model                  TEXT    NOT NULL,
            tier                   TEXT    NOT NULL,
            choice_count           INTEGER NOT NULL,
            max_output_tokens      INTEGER NOT NULL,  -- of each choice
            credits_per_request    INTEGER NOT NULL,
            credits_per_1k_tokens  INTEGER NOT NULL,
            credits_locked         INTEGER NOT NULL,
            credits_charged        INTEGER NOT NULL DEFAULT 0,
            credits_refunded       INTEGER NOT NULL DEFAULT 0,
            share_bps              INTEGER,
            worker_micro_usdc      INTEGER,
            treasury_micro_usdc    INTEGER,
            worker                 TEXT,
            payout_address         TEXT,
            request_sha256         TEXT    NOT NULL,
            nonce                  TEXT,              -- of the offer that was accepted
            proof_hash             TEXT,
            prompt_tokens          INTEGER,
            completion_tokens      INTEGER,
            usage_source           TEXT    CHECK (usage_source IN ('backend', 'estimated')),
            created_at_ms          INTEGER NOT NULL,
            deadline_ms            INTEGER NOT NULL,
            accepted_at_ms         INTEGER,
            completed_at_ms        INTEGER,
            cancelled_at_ms        INTEGER,
            time_to_first_token_ms INTEGER,
            escrow_tx              TEXT    NOT NULL,
            settlement_tx          TEXT,
            slot                   INTEGER,
            error_code             TEXT,
            error_message          TEXT
        ) STRICT;
        CREATE INDEX jobs_by_wallet ON jobs (wallet, job_id);
        CREATE INDEX jobs_latency ON jobs (model, completed_at_ms, time_to_first_token_ms)
            WHERE status = 'settled' AND time_to_first_token_ms IS NOT NULL;

        """

    private static let ledger = """
        CREATE TABLE ledger_entries (
            sequence  INTEGER NOT NULL PRIMARY KEY CHECK (sequence > 0),
            kind      TEXT    NOT NULL CHECK (kind IN ('grant', 'deposit', 'lock', 'settle', 'refund')),
            job_id    TEXT,
            wallet    TEXT    NOT NULL,  -- whose credits it moves; a settlement's payload does not say
            at_ms     INTEGER NOT NULL,
            payload   TEXT    NOT NULL,  -- canonical JSON
            signature TEXT    NOT NULL,  -- base58, over the payload in its DSSE encoding
            digest    TEXT    NOT NULL,  -- of the payload
            previous  TEXT               -- digest of the entry before; NULL in the first
        ) STRICT;
        CREATE INDEX ledger_entries_by_wallet ON ledger_entries (wallet, sequence);
        CREATE TRIGGER ledger_entries_stay BEFORE UPDATE ON ledger_entries
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
        CREATE TRIGGER ledger_entries_remain BEFORE DELETE ON ledger_entries
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

        -- Double entry: the amounts of one sequence number sum to zero.
        CREATE TABLE postings (
            sequence          INTEGER NOT NULL REFERENCES ledger_entries (sequence),
            account           TEXT    NOT NULL,
            amount_micro_usdc INTEGER NOT NULL CHECK (amount_micro_usdc <> 0),
            PRIMARY KEY (sequence, account)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER postings_stay BEFORE UPDATE ON postings
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
        CREATE TRIGGER postings_remain BEFORE DELETE ON postings
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

        CREATE TABLE locks (
            job_id            TEXT    NOT NULL PRIMARY KEY REFERENCES jobs (job_id),
            wallet            TEXT    NOT NULL,
            granted_credits   INTEGER NOT NULL CHECK (granted_credits >= 0),
            deposited_credits INTEGER NOT NULL CHECK (deposited_credits >= 0),
            state             TEXT    NOT NULL CHECK (state IN ('locked', 'settled', 'refunded')),
            lock_sequence     INTEGER NOT NULL UNIQUE REFERENCES ledger_entries (sequence),
            end_sequence      INTEGER UNIQUE REFERENCES ledger_entries (sequence),
            CHECK ((state = 'locked') = (end_sequence IS NULL))
        ) STRICT;
        CREATE INDEX locks_open ON locks (job_id) WHERE state = 'locked';

        """

    private static let receipts = """
        CREATE TABLE receipts (
            job_id         TEXT    NOT NULL REFERENCES jobs (job_id),
            worker         TEXT    NOT NULL,
            verdict        TEXT    NOT NULL CHECK (verdict IN ('accepted', 'refused')),
            envelope       TEXT,              -- as the worker signed it
            statement      TEXT,              -- the answer to an accepted one
            reason         TEXT,              -- the answer to a refused one
            message        TEXT,
            decided_at_ms  INTEGER NOT NULL,
            PRIMARY KEY (job_id, worker),
            CHECK ((verdict = 'accepted') = (statement IS NOT NULL)),
            CHECK ((verdict = 'refused') = (reason IS NOT NULL))
        ) STRICT;
        CREATE UNIQUE INDEX receipts_accepted ON receipts (job_id) WHERE verdict = 'accepted';

        CREATE TABLE payouts (
            worker            TEXT    NOT NULL,
            sequence          INTEGER NOT NULL CHECK (sequence > 0),
            job_id            TEXT    NOT NULL UNIQUE REFERENCES jobs (job_id),
            payout_address    TEXT    NOT NULL,
            amount_micro_usdc INTEGER NOT NULL CHECK (amount_micro_usdc > 0),
            tx_signature      TEXT    NOT NULL,
            slot              INTEGER NOT NULL,
            state             TEXT    NOT NULL CHECK (state IN ('credited', 'submitted', 'confirmed')),
            created_at_ms     INTEGER NOT NULL,
            PRIMARY KEY (worker, sequence)
        ) STRICT;

        """

    private static let workers = """
        CREATE TABLE workers (
            address          TEXT    NOT NULL PRIMARY KEY,
            name             TEXT    NOT NULL DEFAULT '',
            software         TEXT    NOT NULL DEFAULT '',
            first_seen_at_ms INTEGER NOT NULL,
            last_seen_at_ms  INTEGER NOT NULL,
            payout_sequence  INTEGER NOT NULL DEFAULT 0,  -- of its last payout
            jobs_settled     INTEGER NOT NULL DEFAULT 0,
            receipts_refused INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        """

    // Counts are as of `as_of_ms` and halve every 30 days from there.
    private static let reputations = """
        ALTER TABLE jobs ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1));
        CREATE INDEX jobs_by_worker ON jobs (worker, job_id) WHERE worker IS NOT NULL;

        CREATE TABLE worker_reputations (
            worker             TEXT    NOT NULL PRIMARY KEY,
            as_of_ms           INTEGER NOT NULL,
            accepted           REAL    NOT NULL,
            completed          REAL    NOT NULL,
            failed             REAL    NOT NULL,
            proofs_judged      REAL    NOT NULL,
            proofs_accepted    REAL    NOT NULL,
            observed_ms        REAL    NOT NULL,  -- time in which the gateway could have seen the worker
            up_ms              REAL    NOT NULL,  -- the part of it with a session
            failures_in_row    INTEGER NOT NULL,
            times_set_aside    INTEGER NOT NULL,  -- since the last job that succeeded
            set_aside_until_ms INTEGER,
            set_aside_reason   TEXT    NOT NULL
        ) STRICT;

        CREATE TABLE worker_latencies (
            worker  TEXT NOT NULL REFERENCES worker_reputations (worker),
            model   TEXT NOT NULL,
            samples TEXT NOT NULL,  -- times to first token, milliseconds, the newest last, separated by commas
            PRIMARY KEY (worker, model)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE worker_failures (
            worker TEXT    NOT NULL REFERENCES worker_reputations (worker),
            place  INTEGER NOT NULL,  -- from 0, the oldest
            at_ms  INTEGER NOT NULL,
            job_id TEXT    NOT NULL,
            model  TEXT    NOT NULL,
            fault  TEXT    NOT NULL,
            PRIMARY KEY (worker, place)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE worker_bans (
            worker       TEXT    NOT NULL PRIMARY KEY,
            banned_at_ms INTEGER NOT NULL,
            reason       TEXT    NOT NULL
        ) STRICT;

        """

    // In the order of their time, so that old ones are dropped from the front.
    private static let requestNonces = """
        CREATE TABLE request_nonces (
            created_s INTEGER NOT NULL,  -- when the signature was made, Unix seconds
            wallet    TEXT    NOT NULL,
            nonce     TEXT    NOT NULL,
            PRIMARY KEY (created_s, wallet, nonce)
        ) STRICT, WITHOUT ROWID;

        """

    // Repeats what the jobs say, so that opening need not add up all of them.
    private static let keySpending = """
        ALTER TABLE api_keys ADD COLUMN spent_credits INTEGER NOT NULL DEFAULT 0 CHECK (spent_credits >= 0);
        UPDATE api_keys SET spent_credits =
            coalesce((SELECT sum(credits_charged) FROM jobs WHERE jobs.key_id = api_keys.key_id), 0);

        """

    // A row is there while its job is open, and for a day if it was settled.
    private static let idempotencyKeys = """
        CREATE TABLE idempotency_keys (
            wallet         TEXT    NOT NULL,
            key_sha256     TEXT    NOT NULL,  -- of the header's value
            request_sha256 TEXT    NOT NULL,  -- of route and body
            job_id         TEXT    NOT NULL UNIQUE REFERENCES jobs (job_id),
            created_at_ms  INTEGER NOT NULL,
            PRIMARY KEY (wallet, key_sha256)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);

        """

    // A secret must be kept as it is: messages are signed with it. Ids of messages are the values of `webhook-id`.
    private static let webhooks = """
        CREATE TABLE webhooks (
            webhook_id           TEXT    NOT NULL PRIMARY KEY,
            wallet               TEXT    NOT NULL REFERENCES accounts (wallet),
            url                  TEXT    NOT NULL,
            host                 TEXT    NOT NULL,  -- of the URL
            events               TEXT    NOT NULL,  -- separated by commas
            secret               TEXT    NOT NULL,
            credit_low_threshold INTEGER NOT NULL CHECK (credit_low_threshold > 0),
            status               TEXT    NOT NULL CHECK (status IN ('active', 'disabled')),
            disabled_reason      TEXT,
            failing_since_ms     INTEGER,           -- the first failure since the last success
            created_at_ms        INTEGER NOT NULL,
            last_number          INTEGER NOT NULL DEFAULT 0,  -- of its newest delivery
            CHECK (status = 'disabled' OR disabled_reason IS NULL)
        ) STRICT;
        CREATE INDEX webhooks_by_wallet ON webhooks (wallet, created_at_ms);

        CREATE TABLE webhook_deliveries (
            message_id         TEXT    NOT NULL PRIMARY KEY,
            webhook_id         TEXT    NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
            number             INTEGER NOT NULL,  -- from 1, of its webhook's deliveries
            type               TEXT    NOT NULL,
            body               TEXT    NOT NULL,
            status             TEXT    NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
            attempts           INTEGER NOT NULL DEFAULT 0,  -- since it was made, or asked for again
            created_at_ms      INTEGER NOT NULL,
            due_at_ms          INTEGER,           -- NULL: not to be sent, or not while its webhook is disabled
            last_attempt_at_ms INTEGER,
            response_status    INTEGER,           -- of the last attempt, if there was an answer
            error              TEXT,              -- why the last attempt failed
            UNIQUE (webhook_id, number),
            CHECK (due_at_ms IS NULL OR status = 'pending')
        ) STRICT;
        CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at_ms) WHERE due_at_ms IS NOT NULL;
        CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at_ms);

        """

    // Before there were embeddings, what the model wrote was all that was billed.
    private static let billedTokens = """
        ALTER TABLE jobs ADD COLUMN billed_tokens TEXT NOT NULL DEFAULT 'completion'
            CHECK (billed_tokens IN ('completion', 'prompt'));

        """
}
