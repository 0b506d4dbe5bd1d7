-- The person this object belongs to: exactly one row once they have signed in.
CREATE TABLE account (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  clickup_user_id TEXT NOT NULL,
  username TEXT NOT NULL,
  email TEXT,
  time_zone TEXT,
  workspaces TEXT NOT NULL,
  default_workspace_id TEXT,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
);

-- ClickUp credentials as vault envelopes, one per kind. The newest is the one in use.
CREATE TABLE credential (
  kind TEXT PRIMARY KEY CHECK (kind IN ('oauth', 'personal')),
  envelope TEXT NOT NULL,
  added_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- One row per OAuth grant or issued JWT: what it may do, and whether it still may.
CREATE TABLE devices (
  device_id TEXT PRIMARY KEY,
  via TEXT NOT NULL CHECK (via IN ('oauth', 'jwt')),
  client_id TEXT NOT NULL,
  client_name TEXT NOT NULL,
  choices TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER,
  last_seen_ms INTEGER,
  revoked_ms INTEGER
) WITHOUT ROWID;

-- Every admitted request and every account event, in order. `seq` has no gaps: it is the exact
-- rate-limit log (counted = 1) and the record that leaves for R2. `outcome` is NULL until it ends.
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  t_ms INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  device_id TEXT,
  method TEXT NOT NULL,
  tool TEXT,
  started TEXT NOT NULL,
  outcome TEXT,
  finished TEXT
);

-- Pings, notifications and responses: not journaled, but capped by the same exact log.
CREATE TABLE control_log (
  seq INTEGER PRIMARY KEY,
  t_ms INTEGER NOT NULL
);

-- The batch on its way to R2. Its key and body are fixed before the first attempt, so every retry is the same.
CREATE TABLE outbox_batch (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  r2_key TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  attempts INTEGER NOT NULL
);

-- How far the journal has reached R2, and the hash the next batch must carry.
CREATE TABLE outbox_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  flushed_seq INTEGER NOT NULL,
  batches INTEGER NOT NULL,
  last_hash TEXT NOT NULL
);
INSERT INTO outbox_state (id, flushed_seq, batches, last_hash) VALUES (1, 0, 0, '');

-- Short-lived copies of ClickUp's hierarchy, members and fields.
CREATE TABLE cache (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  expires_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- First results of creates that named an idempotency key.
CREATE TABLE idempotency (
  tool TEXT NOT NULL,
  key TEXT NOT NULL,
  result TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (tool, key)
) WITHOUT ROWID;
