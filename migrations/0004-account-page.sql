-- What the person set against ClickUp's word (time zone), or against the habit of remembering the last one (Workspace).
ALTER TABLE account ADD COLUMN time_zone_override TEXT;
ALTER TABLE account ADD COLUMN default_pinned INTEGER NOT NULL DEFAULT 0;

-- What a device was first allowed. A pasted token carries it for ever, so it is the most it can get later.
ALTER TABLE devices ADD COLUMN issued_access TEXT;

-- Browsers signed in to the account page. A cookie whose row is gone is worth nothing.
CREATE TABLE web_sessions (
  session_id TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- Counted requests per UTC day (days since 1970), read off the journal before its rows are forgotten.
-- `last_seq` is how far the journal had been counted when the row was written.
CREATE TABLE usage_days (
  day INTEGER PRIMARY KEY,
  requests INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
);
