-- A worker's database as version 1 of the schema wrote it. Never changed: databases like it are in use.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
PRAGMA application_id = 1145263947;
PRAGMA user_version = 1;
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
INSERT INTO jobs VALUES('main','job_1001','tiny','llama','request-1','settled',5,7,'backend',10,7500,60000,8,60000,1750086400001,1750086400002,1750086400003,1750086400004,'escrow-1','settlement','sha256:00',NULL,NULL);
INSERT INTO jobs VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR','job_1002','tiny','llama','request-2','settled',5,7,'backend',10,7500,60000,8,60000,1750172800002,1750172800003,1750172800004,1750172800005,'escrow-2','settlement','sha256:00',NULL,NULL);
INSERT INTO jobs VALUES('main','job_1003','tiny','llama','request-3','settled',5,7,'backend',10,7500,60000,8,60000,1750259200003,1750259200004,1750259200005,1750259200006,'escrow-3','settlement','sha256:00',NULL,NULL);
INSERT INTO jobs VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR','job_1004','large','llama','request-4','settled',5,7,'backend',10,7500,60000,8,60000,1750345600004,1750345600005,1750345600006,1750345600007,'escrow-4','settlement','sha256:00',NULL,NULL);
INSERT INTO jobs VALUES('main','job_1005','large','llama','request-5','finished',5,7,'backend',10,7500,60000,NULL,NULL,1750432000005,1750432000006,1750432000007,NULL,'escrow-5',NULL,'sha256:00',NULL,NULL);
INSERT INTO jobs VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR','job_1006','large','llama','request-6','unpaid',5,7,'backend',10,7500,60000,NULL,NULL,1750518400006,1750518400007,1750518400008,NULL,'escrow-6',NULL,'sha256:00','output_mismatch','the digests differ');
INSERT INTO jobs VALUES('main','job_1007','tiny','llama','request-7','failed',NULL,NULL,NULL,10,7500,NULL,NULL,NULL,1750000000007,NULL,1750000000999,NULL,'escrow-7',NULL,NULL,'backend_timeout','said nothing for 30 s');
INSERT INTO jobs VALUES('main','job_1008','tiny','llama','request-8','cancelled',NULL,NULL,NULL,10,7500,NULL,NULL,NULL,1750000000008,NULL,1750000001999,NULL,'escrow-8',NULL,NULL,'caller_gone',NULL);
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
INSERT INTO receipts VALUES('main','job_1001','{"offer":true}','{"receipt":"job_1001"}','{"statement":true}','accepted',NULL,1750086400004);
INSERT INTO receipts VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR','job_1002','{"offer":true}','{"receipt":"job_1002"}','{"statement":true}','accepted',NULL,1750172800005);
INSERT INTO receipts VALUES('main','job_1003','{"offer":true}','{"receipt":"job_1003"}','{"statement":true}','accepted',NULL,1750259200006);
INSERT INTO receipts VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR','job_1004','{"offer":true}','{"receipt":"job_1004"}','{"statement":true}','accepted',NULL,1750345600007);
INSERT INTO receipts VALUES('main','job_1005','{"offer":true}','{"receipt":"job_1005"}',NULL,'pending',NULL,NULL);
INSERT INTO receipts VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR','job_1006','{"offer":true}','{"receipt":"job_1006"}',NULL,'refused','output_mismatch',1750518400015);
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
INSERT INTO payouts VALUES('main',1,'job_1001',60000,'tx-1',1,'credited',NULL,1750086400021);
INSERT INTO payouts VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR',1,'job_1002',60000,'tx-2',2,'credited',NULL,1750172800022);
INSERT INTO payouts VALUES('main',2,'job_1003',60000,'tx-3',3,'credited',NULL,1750259200023);
INSERT INTO payouts VALUES('8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR',2,'job_1004',60000,'tx-4',4,'confirmed',NULL,1750345600024);
CREATE INDEX jobs_by_id ON jobs (job_id);
CREATE INDEX jobs_by_time ON jobs (accepted_at_ms, network, job_id);
CREATE INDEX jobs_running ON jobs (network) WHERE status = 'running';
CREATE INDEX jobs_totals ON jobs (status, network, credits, micro_usdc, expected_micro_usdc);
CREATE INDEX receipts_pending ON receipts (network, job_id) WHERE state = 'pending';
CREATE INDEX payouts_by_job ON payouts (network, job_id);
CREATE INDEX payouts_by_time ON payouts (created_at_ms, network, sequence);
COMMIT;
