import SQLiteStore

// What lets jobs be removed for their age while the evidence and the sums of them stay.
extension StoreSchema {
    // SQLite drops a foreign key only with its table: what referred to `jobs` is made anew without.
    static let receiptsWithoutJobs = """
        CREATE TABLE kept_receipts (
            network       TEXT    NOT NULL,
            job_id        TEXT    NOT NULL,  -- of a row of jobs, or of a job that was removed for its age
            offer         TEXT    NOT NULL,  -- signed by the gateway
            envelope      TEXT    NOT NULL,  -- signed by this worker; sent as it stands until there is a verdict
            statement     TEXT,              -- signed by the gateway, if it accepted the receipt
            state         TEXT    NOT NULL CHECK (state IN ('pending', 'accepted', 'refused')),
            reason        TEXT,              -- why it was refused
            decided_at_ms INTEGER,
            PRIMARY KEY (network, job_id),
            CHECK ((state = 'accepted') = (statement IS NOT NULL)),
            CHECK ((state = 'refused') = (reason IS NOT NULL))
        ) STRICT;
        INSERT INTO kept_receipts (network, job_id, offer, envelope, statement, state, reason, decided_at_ms)
            SELECT network, job_id, offer, envelope, statement, state, reason, decided_at_ms FROM receipts;
        DROP TABLE receipts;
        ALTER TABLE kept_receipts RENAME TO receipts;
        CREATE INDEX receipts_pending ON receipts (network, job_id) WHERE state = 'pending';
        CREATE INDEX receipts_by_id ON receipts (job_id);

        """

    // With the days' sums the totals and the earnings stay what they were.
    static let removedJobs = """
        CREATE TABLE removed_jobs (
            day               TEXT    NOT NULL,  -- UTC, as 2026-06-15: of the settlement, else of the acceptance
            network           TEXT    NOT NULL,
            model             TEXT    NOT NULL,
            status            TEXT    NOT NULL CHECK (status IN ('settled', 'failed', 'cancelled')),
            jobs              INTEGER NOT NULL,
            prompt_tokens     INTEGER NOT NULL,
            completion_tokens INTEGER NOT NULL,
            credits           INTEGER NOT NULL,
            micro_usdc        INTEGER NOT NULL,
            PRIMARY KEY (day, network, model, status)
        ) STRICT, WITHOUT ROWID;

        """
    static let modelOfPayout = """
        ALTER TABLE payouts ADD COLUMN model TEXT;  -- of a job that was removed for its age; else it stands in jobs

        """
}
