-- MCP sessions of the 2025 revisions (http) and of HTTP+SSE clients of 2024-11-05 (sse). What a session needs to
-- be rebuilt after the object was evicted: its initialize params, and what the client set since.
CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('http', 'sse')),
  device_id TEXT NOT NULL,
  protocol TEXT NOT NULL,
  initialize TEXT NOT NULL,
  log_level TEXT,
  subscriptions TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- Messages sent on streams, for replay by Last-Event-ID. Bounded per session.
CREATE TABLE session_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL,
  stream_id TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX session_events_by_stream ON session_events (session_id, stream_id, seq);
