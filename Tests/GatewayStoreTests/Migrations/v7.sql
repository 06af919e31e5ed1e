-- A gateway's database as version 6 of the schema wrote it. Never changed: databases like it are in use.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
PRAGMA application_id = 1145259863;
PRAGMA user_version = 7;
CREATE TABLE accounts (
    wallet            TEXT    NOT NULL PRIMARY KEY,
    created_at_ms     INTEGER NOT NULL,
    granted_credits   INTEGER NOT NULL DEFAULT 0 CHECK (granted_credits >= 0),
    deposited_credits INTEGER NOT NULL DEFAULT 0 CHECK (deposited_credits >= 0),
    locked_credits    INTEGER NOT NULL DEFAULT 0 CHECK (locked_credits >= 0),
    spent_credits     INTEGER NOT NULL DEFAULT 0 CHECK (spent_credits >= 0)
) STRICT;
INSERT INTO accounts VALUES('BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',1,972,0,10,18);
INSERT INTO accounts VALUES('5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',2,50,0,0,0);
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
, spent_credits INTEGER NOT NULL DEFAULT 0 CHECK (spent_credits >= 0)) STRICT;
INSERT INTO api_keys VALUES('key_5sfaakbpx99iw4z9','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','sha256:922db5a4bc3cf5768a79d54c3d585623c9154ff56252645f86e2c01aa113f622','laptop','live',3,NULL,NULL,NULL,NULL,0);
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
, is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1)), billed_tokens TEXT NOT NULL DEFAULT 'completion'
    CHECK (billed_tokens IN ('completion', 'prompt'))) STRICT;
INSERT INTO jobs VALUES('job_000000000400000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','key_a','request-1','settled','tiny-chat','standard',1,1000,8,4,10,8,2,7500,60000,20000,'BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX','sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a','0101010101010101010101010101010101010101010101010101010101010101','sha256:aa3b5ecb30d10da8a004ceba5be9355cb155a3d58bdcc9c72e46601375e94090',5,100,'backend',1,120001,2,51,NULL,40,'46cFi5RBTwqi4JnoEP6BJa9EnNBgXfMqKurWfAyWSc9kdwXqqpNGkvGgGAqH3KA2uiUAhVA8k3eNM5Frzz69kadk','4jgxFWPgXKvu2Xt8wvuSyuSi1fPn9RzJtfnFJRcJayBj9Nv1varWAEjEAo3odAA2zzZ1kAEwRKiBjMLYQ4jHApeU',8,NULL,NULL,0,'completion');
INSERT INTO jobs VALUES('job_000000000800000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','key_a','request-2','settled','tiny-chat','standard',1,1000,8,4,10,10,0,7500,75000,25000,'BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX','sha256:dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986','0101010101010101010101010101010101010101010101010101010101010101','sha256:0e32ad920189f615aa42a02501e4bf8ff9a4da439551ca722e86cf810b6683fc',5,900,'backend',2,120002,3,52,NULL,40,'5onkxezQsbFt8tU6wdWnuRfZPwsHf4HngHf6tNNP1ShJCocWfSBDQzqzdEuzQkVkwbwhcDDa2fvs7fGjXw4c5Q3o','34oL9R5wcNTcf2DgCR3hEjicCCmpHa51BL5cum5dR6tyxb1rkj5sU2UKZazP7DzEyLMTBu5dWBZa7EBkLooEw6BD',9,NULL,NULL,0,'completion');
INSERT INTO jobs VALUES('job_000000000c00000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','key_a','request-3','processing','tiny-chat','standard',1,1000,8,4,10,0,0,7500,NULL,NULL,'BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX','sha256:084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5','0101010101010101010101010101010101010101010101010101010101010101',NULL,NULL,NULL,NULL,3,120003,4,NULL,NULL,NULL,'2TPhr4AJuJtTFCkS2BPZvmf2sdKkj7QTk1pt8rKanH3VdH8AgPgRQrKc8Sj5R1yo21rqyNNgKaYh5wmJ136nyPff',NULL,NULL,NULL,NULL,0,'completion');
INSERT INTO jobs VALUES('job_000000000g00000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','key_a','request-4','refunded','tiny-chat','standard',1,1000,8,4,10,0,10,NULL,NULL,NULL,NULL,NULL,'sha256:e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71',NULL,NULL,NULL,NULL,NULL,4,120004,NULL,64,NULL,NULL,'2KqTymRjHgXm9542dSJr42rwdsLK9HPRMVbrMQ1AFVEu6BncoATAwDjygm9gueCKZiBK38E7jzJVGc8S3PSSt63t','38YDCzEfB27HNtC6H24sgcqeZuhDiv1UV6ymRvTrSwEPHsgx4hWfnuk6dxE5s3EiSadqqbwGDuxiv6t99qj2J29T',10,'job_timeout','no proof in time',0,'completion');
INSERT INTO jobs VALUES('job_000000000m00000007','5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh','key_a','request-5','failed','tiny-chat','standard',1,1000,8,4,10,0,10,NULL,NULL,NULL,NULL,NULL,'sha256:e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db',NULL,NULL,NULL,NULL,NULL,5,120005,NULL,65,NULL,NULL,'jAj68v9TRcRHZdLSY7sXwckwxAhoLPjuynjWx7xGUexCEb8jT6o7SeZC7p8upooeK38YpArxjH8P8ySb7G2hUcR','2ZenK28EvcUgwRe3wTFvq8WESsEcuUCYiYz2CHabzmsRXsa5RFHoq3RVCakRFuB4vexAnoSgjc1LcWZrERK5iYhu',11,'no_workers','no proof in time',0,'completion');
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
INSERT INTO ledger_entries VALUES(1,'grant',NULL,'BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',1,'{"account":"BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ","at_ms":1,"credits":1000,"kind":"grant","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":null,"reference":null,"sequence":1,"version":1}','28yYBDnyZUG8wWTGb92iQdL5YhRdSPPtJqnQ2fSDiZs88yYMCv1o3ou6uBZY6mx8FskNa8bFnQg544Vgp8qvGG11','sha256:a79d5cd65756f5c60ebb309b8a43ecdf2870fa65024e2b0ff2c66e00651ca3db',NULL);
INSERT INTO ledger_entries VALUES(2,'grant',NULL,'5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',2,'{"account":"5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh","at_ms":2,"credits":50,"kind":"grant","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:a79d5cd65756f5c60ebb309b8a43ecdf2870fa65024e2b0ff2c66e00651ca3db","reference":null,"sequence":2,"version":1}','5JftxqX7n4RasVgtcEGFTNWwfs5FSLrbLs94GSopD9an4rj12YxeRuAcSVTZWtccupnf2x5LthiY6LoHYjn5XF5T','sha256:73d3a4a600ade9417333afb5730c6bfb9020c530d691f1bac8ab2078d0297418','sha256:a79d5cd65756f5c60ebb309b8a43ecdf2870fa65024e2b0ff2c66e00651ca3db');
INSERT INTO ledger_entries VALUES(3,'lock','job_000000000400000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',1,'{"account":"BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ","at_ms":1,"credits_from_granted":10,"credits_locked":10,"job_id":"job_000000000400000007","kind":"lock","model":"tiny-chat","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:73d3a4a600ade9417333afb5730c6bfb9020c530d691f1bac8ab2078d0297418","sequence":3,"version":1}','46cFi5RBTwqi4JnoEP6BJa9EnNBgXfMqKurWfAyWSc9kdwXqqpNGkvGgGAqH3KA2uiUAhVA8k3eNM5Frzz69kadk','sha256:a70e0450134b837faca663fce25360fda0a41feaeb276ea166157886743dfb2e','sha256:73d3a4a600ade9417333afb5730c6bfb9020c530d691f1bac8ab2078d0297418');
INSERT INTO ledger_entries VALUES(4,'lock','job_000000000800000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',2,'{"account":"BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ","at_ms":2,"credits_from_granted":10,"credits_locked":10,"job_id":"job_000000000800000007","kind":"lock","model":"tiny-chat","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:a70e0450134b837faca663fce25360fda0a41feaeb276ea166157886743dfb2e","sequence":4,"version":1}','5onkxezQsbFt8tU6wdWnuRfZPwsHf4HngHf6tNNP1ShJCocWfSBDQzqzdEuzQkVkwbwhcDDa2fvs7fGjXw4c5Q3o','sha256:abb8aced6b410b573626f7c3cbebb8f6c50a55901f25bf9c0b8ac31e9f3f7406','sha256:a70e0450134b837faca663fce25360fda0a41feaeb276ea166157886743dfb2e');
INSERT INTO ledger_entries VALUES(5,'lock','job_000000000c00000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',3,'{"account":"BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ","at_ms":3,"credits_from_granted":10,"credits_locked":10,"job_id":"job_000000000c00000007","kind":"lock","model":"tiny-chat","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:abb8aced6b410b573626f7c3cbebb8f6c50a55901f25bf9c0b8ac31e9f3f7406","sequence":5,"version":1}','2TPhr4AJuJtTFCkS2BPZvmf2sdKkj7QTk1pt8rKanH3VdH8AgPgRQrKc8Sj5R1yo21rqyNNgKaYh5wmJ136nyPff','sha256:98cf8b9ee3f556587dde688430ab40b8fcccb96db894b20d116bc078ba458bb2','sha256:abb8aced6b410b573626f7c3cbebb8f6c50a55901f25bf9c0b8ac31e9f3f7406');
INSERT INTO ledger_entries VALUES(6,'lock','job_000000000g00000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',4,'{"account":"BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ","at_ms":4,"credits_from_granted":10,"credits_locked":10,"job_id":"job_000000000g00000007","kind":"lock","model":"tiny-chat","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:98cf8b9ee3f556587dde688430ab40b8fcccb96db894b20d116bc078ba458bb2","sequence":6,"version":1}','2KqTymRjHgXm9542dSJr42rwdsLK9HPRMVbrMQ1AFVEu6BncoATAwDjygm9gueCKZiBK38E7jzJVGc8S3PSSt63t','sha256:709f28f037553e8df090c830f4b3aa4c0961c446b42ecd2c51cd0e3c3719edb1','sha256:98cf8b9ee3f556587dde688430ab40b8fcccb96db894b20d116bc078ba458bb2');
INSERT INTO ledger_entries VALUES(7,'lock','job_000000000m00000007','5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',5,'{"account":"5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh","at_ms":5,"credits_from_granted":10,"credits_locked":10,"job_id":"job_000000000m00000007","kind":"lock","model":"tiny-chat","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:709f28f037553e8df090c830f4b3aa4c0961c446b42ecd2c51cd0e3c3719edb1","sequence":7,"version":1}','jAj68v9TRcRHZdLSY7sXwckwxAhoLPjuynjWx7xGUexCEb8jT6o7SeZC7p8upooeK38YpArxjH8P8ySb7G2hUcR','sha256:b1bcfa1d60d8d438a6ef46b80ae97e80f3e909331f5264d0df3d3b2995dec69d','sha256:709f28f037553e8df090c830f4b3aa4c0961c446b42ecd2c51cd0e3c3719edb1');
INSERT INTO ledger_entries VALUES(8,'settle','job_000000000400000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',51,'{"at_ms":51,"credits_charged":8,"credits_locked":10,"credits_refunded":2,"escrow_tx":"46cFi5RBTwqi4JnoEP6BJa9EnNBgXfMqKurWfAyWSc9kdwXqqpNGkvGgGAqH3KA2uiUAhVA8k3eNM5Frzz69kadk","job_id":"job_000000000400000007","kind":"settle","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","payout_address":"8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX","previous":"sha256:b1bcfa1d60d8d438a6ef46b80ae97e80f3e909331f5264d0df3d3b2995dec69d","proof_hash":"sha256:aa3b5ecb30d10da8a004ceba5be9355cb155a3d58bdcc9c72e46601375e94090","sequence":8,"treasury_micro_usdc":20000,"version":1,"worker":"BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z","worker_micro_usdc":60000}','4jgxFWPgXKvu2Xt8wvuSyuSi1fPn9RzJtfnFJRcJayBj9Nv1varWAEjEAo3odAA2zzZ1kAEwRKiBjMLYQ4jHApeU','sha256:7e1ff1f95857fea9711cc71b41ecfd8fee915d70b1845a38082d88e55cd9cc10','sha256:b1bcfa1d60d8d438a6ef46b80ae97e80f3e909331f5264d0df3d3b2995dec69d');
INSERT INTO ledger_entries VALUES(9,'settle','job_000000000800000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',52,'{"at_ms":52,"credits_charged":10,"credits_locked":10,"credits_refunded":0,"escrow_tx":"5onkxezQsbFt8tU6wdWnuRfZPwsHf4HngHf6tNNP1ShJCocWfSBDQzqzdEuzQkVkwbwhcDDa2fvs7fGjXw4c5Q3o","job_id":"job_000000000800000007","kind":"settle","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","payout_address":"8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX","previous":"sha256:7e1ff1f95857fea9711cc71b41ecfd8fee915d70b1845a38082d88e55cd9cc10","proof_hash":"sha256:0e32ad920189f615aa42a02501e4bf8ff9a4da439551ca722e86cf810b6683fc","sequence":9,"treasury_micro_usdc":25000,"version":1,"worker":"BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z","worker_micro_usdc":75000}','34oL9R5wcNTcf2DgCR3hEjicCCmpHa51BL5cum5dR6tyxb1rkj5sU2UKZazP7DzEyLMTBu5dWBZa7EBkLooEw6BD','sha256:8dd8fe11b2820275d07be05b5d80f2328a7ea5bcc81fe766a39d115a0ecbc4a9','sha256:7e1ff1f95857fea9711cc71b41ecfd8fee915d70b1845a38082d88e55cd9cc10');
INSERT INTO ledger_entries VALUES(10,'refund','job_000000000g00000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',64,'{"at_ms":64,"credits_refunded":10,"escrow_tx":"2KqTymRjHgXm9542dSJr42rwdsLK9HPRMVbrMQ1AFVEu6BncoATAwDjygm9gueCKZiBK38E7jzJVGc8S3PSSt63t","job_id":"job_000000000g00000007","kind":"refund","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:8dd8fe11b2820275d07be05b5d80f2328a7ea5bcc81fe766a39d115a0ecbc4a9","reason":"job_timeout","sequence":10,"version":1}','38YDCzEfB27HNtC6H24sgcqeZuhDiv1UV6ymRvTrSwEPHsgx4hWfnuk6dxE5s3EiSadqqbwGDuxiv6t99qj2J29T','sha256:9e6f4c1c0cd6f74c445e17e0a1070e90470d7404eabd08e01baad85247bcc491','sha256:8dd8fe11b2820275d07be05b5d80f2328a7ea5bcc81fe766a39d115a0ecbc4a9');
INSERT INTO ledger_entries VALUES(11,'refund','job_000000000m00000007','5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',65,'{"at_ms":65,"credits_refunded":10,"escrow_tx":"jAj68v9TRcRHZdLSY7sXwckwxAhoLPjuynjWx7xGUexCEb8jT6o7SeZC7p8upooeK38YpArxjH8P8ySb7G2hUcR","job_id":"job_000000000m00000007","kind":"refund","network":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","previous":"sha256:9e6f4c1c0cd6f74c445e17e0a1070e90470d7404eabd08e01baad85247bcc491","reason":"no_workers","sequence":11,"version":1}','2ZenK28EvcUgwRe3wTFvq8WESsEcuUCYiYz2CHabzmsRXsa5RFHoq3RVCakRFuB4vexAnoSgjc1LcWZrERK5iYhu','sha256:92f3d8ac2b5717ec5f50f268c9419abccad8ee7ff7d1233e08c1e23d6a896034','sha256:9e6f4c1c0cd6f74c445e17e0a1070e90470d7404eabd08e01baad85247bcc491');
CREATE TABLE postings (
    sequence          INTEGER NOT NULL REFERENCES ledger_entries (sequence),
    account           TEXT    NOT NULL,
    amount_micro_usdc INTEGER NOT NULL CHECK (amount_micro_usdc <> 0),
    PRIMARY KEY (sequence, account)
) STRICT, WITHOUT ROWID;
INSERT INTO postings VALUES(1,'granted:BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',10000000);
INSERT INTO postings VALUES(1,'issue',-10000000);
INSERT INTO postings VALUES(2,'granted:5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',500000);
INSERT INTO postings VALUES(2,'issue',-500000);
INSERT INTO postings VALUES(3,'escrow:job_000000000400000007',100000);
INSERT INTO postings VALUES(3,'granted:BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',-100000);
INSERT INTO postings VALUES(4,'escrow:job_000000000800000007',100000);
INSERT INTO postings VALUES(4,'granted:BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',-100000);
INSERT INTO postings VALUES(5,'escrow:job_000000000c00000007',100000);
INSERT INTO postings VALUES(5,'granted:BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',-100000);
INSERT INTO postings VALUES(6,'escrow:job_000000000g00000007',100000);
INSERT INTO postings VALUES(6,'granted:BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',-100000);
INSERT INTO postings VALUES(7,'escrow:job_000000000m00000007',100000);
INSERT INTO postings VALUES(7,'granted:5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',-100000);
INSERT INTO postings VALUES(8,'earned:8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX',60000);
INSERT INTO postings VALUES(8,'escrow:job_000000000400000007',-100000);
INSERT INTO postings VALUES(8,'granted:BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',20000);
INSERT INTO postings VALUES(8,'treasury',20000);
INSERT INTO postings VALUES(9,'earned:8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX',75000);
INSERT INTO postings VALUES(9,'escrow:job_000000000800000007',-100000);
INSERT INTO postings VALUES(9,'treasury',25000);
INSERT INTO postings VALUES(10,'escrow:job_000000000g00000007',-100000);
INSERT INTO postings VALUES(10,'granted:BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',100000);
INSERT INTO postings VALUES(11,'escrow:job_000000000m00000007',-100000);
INSERT INTO postings VALUES(11,'granted:5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',100000);
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
INSERT INTO locks VALUES('job_000000000400000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',10,0,'settled',3,8);
INSERT INTO locks VALUES('job_000000000800000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',10,0,'settled',4,9);
INSERT INTO locks VALUES('job_000000000c00000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',10,0,'locked',5,NULL);
INSERT INTO locks VALUES('job_000000000g00000007','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ',10,0,'refunded',6,10);
INSERT INTO locks VALUES('job_000000000m00000007','5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',10,0,'refunded',7,11);
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
INSERT INTO receipts VALUES('job_000000000400000007','BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','accepted','{"payload":"eyJhY2NlcHRlZF9hdF9tcyI6MSwiY29tcGxldGlvbl90b2tlbnMiOjEwMCwiZmluaXNoX3JlYXNvbnMiOlsic3RvcCJdLCJmaW5pc2hlZF9hdF9tcyI6MywiZmlyc3RfdG9rZW5fYXRfbXMiOjIsImpvYl9pZCI6ImpvYl8wMDAwMDAwMDA0MDAwMDAwMDciLCJtb2RlbCI6InRpbnktY2hhdCIsIm5ldHdvcmsiOiI2cFphckVCU3k2M2lLTGJ3eUhZUFY4WWJTeTZ3Q010SndqOHVtWVhnaHdzMyIsIm5vbmNlIjoiMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMSIsIm91dHB1dF9zaGEyNTYiOiJzaGEyNTY6ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NSIsInBheW91dF9hZGRyZXNzIjoiOFlrRmR6b2JObko2eDFHQXV2dmpOTUxiNTZuNGdYamNiMld2bjZQeVFDZVgiLCJwcm9tcHRfdG9rZW5zIjo1LCJyZXF1ZXN0X3NoYTI1NiI6InNoYTI1Njo0YmY1MTIyZjM0NDU1NGM1M2JkZTJlYmI4Y2QyYjdlM2QxNjAwYWQ2MzFjMzg1YTVkN2NjZTIzYzc3ODU0NTlhIiwidXNhZ2Vfc291cmNlIjoiYmFja2VuZCIsInZlcnNpb24iOjEsIndvcmtlciI6IkJoWmlMYVVDeHkyR0pIdGs1ZWlKdVhwM2RBQnI0SnZtalA4NXpmakdQSDN6In0=","payloadType":"application/vnd.decentral.receipt.v1+json","signatures":[{"keyid":"BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z","sig":"xhZ1kA77Ps1G4VsT13hk9a7qkez21jlifvQGbALcDA/JGiTI7y+EPUKTLRyaAIcuXd+UlCy0h2ohNyljkRy+DA=="}]}','{"payload":"eyJhdF9tcyI6NTEsImNyZWRpdHNfY2hhcmdlZCI6OCwiY3JlZGl0c19sb2NrZWQiOjEwLCJjcmVkaXRzX3JlZnVuZGVkIjoyLCJlc2Nyb3dfdHgiOiI0NmNGaTVSQlR3cWk0Sm5vRVA2QkphOUVuTkJnWGZNcUt1cldmQXlXU2M5a2R3WHFxcE5Ha3ZHZ0dBcUgzS0EydWlVQWhWQThrM2VOTTVGcnp6NjlrYWRrIiwiam9iX2lkIjoiam9iXzAwMDAwMDAwMDQwMDAwMDAwNyIsImtpbmQiOiJzZXR0bGUiLCJuZXR3b3JrIjoiRkFlNHNpc0c5NW9aNDJ3N2J1VW41cUVFNFRBbmZUVEZQaWd1WlVIbWhpRiIsInBheW91dF9hZGRyZXNzIjoiOFlrRmR6b2JObko2eDFHQXV2dmpOTUxiNTZuNGdYamNiMld2bjZQeVFDZVgiLCJwcmV2aW91cyI6InNoYTI1NjpiMWJjZmExZDYwZDhkNDM4YTZlZjQ2YjgwYWU5N2U4MGYzZTkwOTMzMWY1MjY0ZDBkZjNkM2IyOTk1ZGVjNjlkIiwicHJvb2ZfaGFzaCI6InNoYTI1NjphYTNiNWVjYjMwZDEwZGE4YTAwNGNlYmE1YmU5MzU1Y2IxNTVhM2Q1OGJkY2M5YzcyZTQ2NjAxMzc1ZTk0MDkwIiwic2VxdWVuY2UiOjgsInRyZWFzdXJ5X21pY3JvX3VzZGMiOjIwMDAwLCJ2ZXJzaW9uIjoxLCJ3b3JrZXIiOiJCaFppTGFVQ3h5MkdKSHRrNWVpSnVYcDNkQUJyNEp2bWpQODV6ZmpHUEgzeiIsIndvcmtlcl9taWNyb191c2RjIjo2MDAwMH0=","payloadType":"application/vnd.decentral.ledger-entry.v1+json","signatures":[{"keyid":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","sig":"ut0+Ek6ZtOu0juG7n1q+lXq9zjNhoo/Fje51RpRYxqFZNJfTv9xA5el9V69+7RZiufrfmn8LVKBYjeHkUG5MAQ=="}]}',NULL,NULL,51);
INSERT INTO receipts VALUES('job_000000000800000007','BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','accepted','{"payload":"eyJhY2NlcHRlZF9hdF9tcyI6MSwiY29tcGxldGlvbl90b2tlbnMiOjkwMCwiZmluaXNoX3JlYXNvbnMiOlsic3RvcCJdLCJmaW5pc2hlZF9hdF9tcyI6MywiZmlyc3RfdG9rZW5fYXRfbXMiOjIsImpvYl9pZCI6ImpvYl8wMDAwMDAwMDA4MDAwMDAwMDciLCJtb2RlbCI6InRpbnktY2hhdCIsIm5ldHdvcmsiOiI2cFphckVCU3k2M2lLTGJ3eUhZUFY4WWJTeTZ3Q010SndqOHVtWVhnaHdzMyIsIm5vbmNlIjoiMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMTAxMDEwMSIsIm91dHB1dF9zaGEyNTYiOiJzaGEyNTY6ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NSIsInBheW91dF9hZGRyZXNzIjoiOFlrRmR6b2JObko2eDFHQXV2dmpOTUxiNTZuNGdYamNiMld2bjZQeVFDZVgiLCJwcm9tcHRfdG9rZW5zIjo1LCJyZXF1ZXN0X3NoYTI1NiI6InNoYTI1NjpkYmMxYjRjOTAwZmZlNDhkNTc1YjVkYTVjNjM4MDQwMTI1ZjY1ZGIwZmUzZTI0NDk0Yjc2ZWE5ODY0NTdkOTg2IiwidXNhZ2Vfc291cmNlIjoiYmFja2VuZCIsInZlcnNpb24iOjEsIndvcmtlciI6IkJoWmlMYVVDeHkyR0pIdGs1ZWlKdVhwM2RBQnI0SnZtalA4NXpmakdQSDN6In0=","payloadType":"application/vnd.decentral.receipt.v1+json","signatures":[{"keyid":"BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z","sig":"h4i/oISPpgs8RZQfsVCBLSCpkaVi83iMRoBiaeTgXX1/URfIDYLl+HEsLQOCPr+joCe7Kx00zdoDevTMrL1WAA=="}]}','{"payload":"eyJhdF9tcyI6NTIsImNyZWRpdHNfY2hhcmdlZCI6MTAsImNyZWRpdHNfbG9ja2VkIjoxMCwiY3JlZGl0c19yZWZ1bmRlZCI6MCwiZXNjcm93X3R4IjoiNW9ua3hlelFzYkZ0OHRVNndkV251UmZaUHdzSGY0SG5nSGY2dE5OUDFTaEpDb2NXZlNCRFF6cXpkRXV6UWtWa3did2hjRERhMmZ2czdmR2pYdzRjNVEzbyIsImpvYl9pZCI6ImpvYl8wMDAwMDAwMDA4MDAwMDAwMDciLCJraW5kIjoic2V0dGxlIiwibmV0d29yayI6IkZBZTRzaXNHOTVvWjQydzdidVVuNXFFRTRUQW5mVFRGUGlndVpVSG1oaUYiLCJwYXlvdXRfYWRkcmVzcyI6IjhZa0Zkem9iTm5KNngxR0F1dnZqTk1MYjU2bjRnWGpjYjJXdm42UHlRQ2VYIiwicHJldmlvdXMiOiJzaGEyNTY6N2UxZmYxZjk1ODU3ZmVhOTcxMWNjNzFiNDFlY2ZkOGZlZTkxNWQ3MGIxODQ1YTM4MDgyZDg4ZTU1Y2Q5Y2MxMCIsInByb29mX2hhc2giOiJzaGEyNTY6MGUzMmFkOTIwMTg5ZjYxNWFhNDJhMDI1MDFlNGJmOGZmOWE0ZGE0Mzk1NTFjYTcyMmU4NmNmODEwYjY2ODNmYyIsInNlcXVlbmNlIjo5LCJ0cmVhc3VyeV9taWNyb191c2RjIjoyNTAwMCwidmVyc2lvbiI6MSwid29ya2VyIjoiQmhaaUxhVUN4eTJHSkh0azVlaUp1WHAzZEFCcjRKdm1qUDg1emZqR1BIM3oiLCJ3b3JrZXJfbWljcm9fdXNkYyI6NzUwMDB9","payloadType":"application/vnd.decentral.ledger-entry.v1+json","signatures":[{"keyid":"FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF","sig":"Z09XxavojyxiqAl8mWCWOK9fw5XyyRlZlefAPp/gardTNhTNYaoUxNWr1yEce1dgbOW9rFcOrmBkYRA0ljEfBA=="}]}',NULL,NULL,52);
INSERT INTO receipts VALUES('job_000000000c00000007','BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','refused',NULL,NULL,'output_mismatch','it differs',58);
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
INSERT INTO payouts VALUES('BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z',1,'job_000000000400000007','8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX',60000,'4jgxFWPgXKvu2Xt8wvuSyuSi1fPn9RzJtfnFJRcJayBj9Nv1varWAEjEAo3odAA2zzZ1kAEwRKiBjMLYQ4jHApeU',8,'credited',51);
INSERT INTO payouts VALUES('BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z',2,'job_000000000800000007','8YkFdzobNnJ6x1GAuvvjNMLb56n4gXjcb2Wvn6PyQCeX',75000,'34oL9R5wcNTcf2DgCR3hEjicCCmpHa51BL5cum5dR6tyxb1rkj5sU2UKZazP7DzEyLMTBu5dWBZa7EBkLooEw6BD',9,'credited',52);
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
INSERT INTO workers VALUES('BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','','',51,51,2,2,1);
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
INSERT INTO worker_reputations VALUES('BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z',60,3.0,2.0,1.0,3.0,2.0,9.0,9.0,3,1,30060,'the receipt was refused (job job_000000000c00000007, model tiny-chat)');
CREATE TABLE worker_latencies (
    worker  TEXT NOT NULL REFERENCES worker_reputations (worker),
    model   TEXT NOT NULL,
    samples TEXT NOT NULL,  -- times to first token, milliseconds, the newest last, separated by commas
    PRIMARY KEY (worker, model)
) STRICT, WITHOUT ROWID;
INSERT INTO worker_latencies VALUES('BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z','tiny-chat','40,38');
CREATE TABLE worker_failures (
    worker TEXT    NOT NULL REFERENCES worker_reputations (worker),
    place  INTEGER NOT NULL,  -- from 0, the oldest
    at_ms  INTEGER NOT NULL,
    job_id TEXT    NOT NULL,
    model  TEXT    NOT NULL,
    fault  TEXT    NOT NULL,
    PRIMARY KEY (worker, place)
) STRICT, WITHOUT ROWID;
INSERT INTO worker_failures VALUES('BhZiLaUCxy2GJHtk5eiJuXp3dABr4JvmjP85zfjGPH3z',0,58,'job_000000000c00000007','tiny-chat','receipt_refused');
CREATE TABLE worker_bans (
    worker       TEXT    NOT NULL PRIMARY KEY,
    banned_at_ms INTEGER NOT NULL,
    reason       TEXT    NOT NULL
) STRICT;
INSERT INTO worker_bans VALUES('5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh',59,'wrong output');
CREATE TABLE request_nonces (
    created_s INTEGER NOT NULL,  -- when the signature was made, Unix seconds
    wallet    TEXT    NOT NULL,
    nonce     TEXT    NOT NULL,
    PRIMARY KEY (created_s, wallet, nonce)
) STRICT, WITHOUT ROWID;
INSERT INTO request_nonces VALUES(1700000000,'BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','n-1');
CREATE TABLE idempotency_keys (
    wallet         TEXT    NOT NULL,
    key_sha256     TEXT    NOT NULL,  -- of the header's value
    request_sha256 TEXT    NOT NULL,  -- of route and body
    job_id         TEXT    NOT NULL UNIQUE REFERENCES jobs (job_id),
    created_at_ms  INTEGER NOT NULL,
    PRIMARY KEY (wallet, key_sha256)
) STRICT, WITHOUT ROWID;
INSERT INTO idempotency_keys VALUES('BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','job_000000000400000007',1);
INSERT INTO idempotency_keys VALUES('BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd','job_000000000c00000007',3);
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
INSERT INTO webhooks VALUES('wh_k3m9x2c7v1b5n8a4s6d0','BBbA9A1bXR3GqQC9yWJGV97JTyKzAmEgvvrGNaEDVBHZ','https://example.com/hook','example.com','job.completed,job.failed','whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',100,'active',NULL,70,5,2);
INSERT INTO webhooks VALUES('wh_q8w1e6r3t9y2u5i7o0p4','5jbbY55XjQ5YwWtm5i3CiKjY8ZPFBxaoFvX6WWvvYxCh','https://example.org/','example.org','credit.low','whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',25,'disabled','no message arrived for 5 days',6,6,0);
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
INSERT INTO webhook_deliveries VALUES('msg_a1b2c3d4e5f6g7h8i9j0','wh_k3m9x2c7v1b5n8a4s6d0',1,'job.completed','{"type":"job.completed"}','delivered',1,60,NULL,61,204,NULL);
INSERT INTO webhook_deliveries VALUES('msg_z1y2x3w4v5u6t7s8r9q0','wh_k3m9x2c7v1b5n8a4s6d0',2,'job.failed','{"type":"job.failed"}','pending',2,62,60070,70,503,'the receiver answered 503');
CREATE INDEX api_keys_by_wallet ON api_keys (wallet, created_at_ms);
CREATE INDEX jobs_by_wallet ON jobs (wallet, job_id);
CREATE INDEX jobs_latency ON jobs (model, completed_at_ms, time_to_first_token_ms)
    WHERE status = 'settled' AND time_to_first_token_ms IS NOT NULL;
CREATE INDEX ledger_entries_by_wallet ON ledger_entries (wallet, sequence);
CREATE TRIGGER ledger_entries_stay BEFORE UPDATE ON ledger_entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_remain BEFORE DELETE ON ledger_entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER postings_stay BEFORE UPDATE ON postings
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER postings_remain BEFORE DELETE ON postings
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE INDEX locks_open ON locks (job_id) WHERE state = 'locked';
CREATE UNIQUE INDEX receipts_accepted ON receipts (job_id) WHERE verdict = 'accepted';
CREATE INDEX jobs_by_worker ON jobs (worker, job_id) WHERE worker IS NOT NULL;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);
CREATE INDEX webhooks_by_wallet ON webhooks (wallet, created_at_ms);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at_ms);
COMMIT;
