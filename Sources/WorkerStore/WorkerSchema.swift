import SQLiteStore

extension StoreSchema {
    /// The worker's database: `jobs`, `receipts`, `payouts`, keyed by network and job; `removed_jobs`, keyed by day.
    ///
    /// Others read these tables: columns are added, never renamed. Times are Unix milliseconds in the network's time,
    /// envelopes the JSON text of a DSSE envelope. Nothing that a caller asked or was answered has a column.
    static let worker = StoreSchema(
        name: "a worker's database",
        applicationID: 0x4443_574B,  // "DCWK"
        migrations: [
            Migration("jobs, receipts and payouts", sql: jobs + receipts + payouts),
            Migration(
                "old jobs give way, their receipts and sums stay",
                sql: receiptsWithoutJobs + removedJobs + modelOfPayout
            ),
        ],
        givesBackPages: true
    )

    private static let jobs = """
        CREATE TABLE jobs (
            network             TEXT    NOT NULL,  -- the gateway's address
            job_id              TEXT    NOT NULL,
            model               TEXT    NOT NULL,
            backend             TEXT    NOT NULL,
            request_id          TEXT    NOT NULL,
            status              TEXT    NOT NULL
                CHECK (status IN ('running', 'finished', 'settled', 'unpaid', 'failed', 'cancelled')),
            prompt_tokens       INTEGER,
            completion_tokens   INTEGER,
            usage_source        TEXT    CHECK (usage_source IN ('backend', 'estimated')),
            credits_locked      INTEGER NOT NULL,
            share_bps           INTEGER NOT NULL,
            expected_micro_usdc INTEGER,           -- this worker's share by its own count, once finished
            credits             INTEGER,           -- what the caller was charged, once settled
            micro_usdc          INTEGER,           -- this worker's share of it
            accepted_at_ms      INTEGER NOT NULL,
            first_token_at_ms   INTEGER,
            finished_at_ms      INTEGER,
            settled_at_ms       INTEGER,
            escrow_tx           TEXT    NOT NULL,
            settlement_tx       TEXT,
            proof_hash          TEXT,
            error_code          TEXT,              -- why it failed, or is unpaid
            error_message       TEXT,
            PRIMARY KEY (network, job_id)
        ) STRICT;
        CREATE INDEX jobs_by_id ON jobs (job_id);
        CREATE INDEX jobs_by_time ON jobs (accepted_at_ms, network, job_id);
        CREATE INDEX jobs_running ON jobs (network) WHERE status = 'running';
        CREATE INDEX jobs_totals ON jobs (status, network, credits, micro_usdc, expected_micro_usdc);

        """

    private static let receipts = """
        CREATE TABLE receipts (
            network       TEXT    NOT NULL,
            job_id        TEXT    NOT NULL,
            offer         TEXT    NOT NULL,  -- signed by the gateway
            envelope      TEXT    NOT NULL,  -- signed by this worker; sent as it stands until there is a verdict
            statement     TEXT,              -- signed by the gateway, if it accepted the receipt
            state         TEXT    NOT NULL CHECK (state IN ('pending', 'accepted', 'refused')),
            reason        TEXT,              -- why it was refused
            decided_at_ms INTEGER,
            PRIMARY KEY (network, job_id),
            FOREIGN KEY (network, job_id) REFERENCES jobs (network, job_id),
            CHECK ((state = 'accepted') = (statement IS NOT NULL)),
            CHECK ((state = 'refused') = (reason IS NOT NULL))
        ) STRICT;
        CREATE INDEX receipts_pending ON receipts (network, job_id) WHERE state = 'pending';

        """

    // No foreign key to jobs: a worker that lost its database is told of its payouts again, but not of its jobs.
    private static let payouts = """
        CREATE TABLE payouts (
            network           TEXT    NOT NULL,
            sequence          INTEGER NOT NULL CHECK (sequence > 0),
            job_id            TEXT    NOT NULL,
            amount_micro_usdc INTEGER NOT NULL CHECK (amount_micro_usdc >= 0),
            tx_signature      TEXT    NOT NULL,
            slot              INTEGER NOT NULL,
            state             TEXT    NOT NULL
                CHECK (state IN ('credited', 'submitted', 'confirmed', 'missing', 'mismatched')),
            note              TEXT,  -- what does not match, or is missing
            created_at_ms     INTEGER NOT NULL,
            PRIMARY KEY (network, sequence)
        ) STRICT;
        CREATE INDEX payouts_by_job ON payouts (network, job_id);
        CREATE INDEX payouts_by_time ON payouts (created_at_ms, network, sequence);

        """
}
