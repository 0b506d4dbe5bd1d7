-- What Stripe said about the user's plan at the last reading, and what was made of it. Exactly one row.
-- `tier` is the one last announced; the one in force is computed at each call, so that a date is enough to end it.
CREATE TABLE entitlement (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tier TEXT NOT NULL CHECK (tier IN ('free', 'premium')),
  customer_id TEXT,
  customer_generation INTEGER NOT NULL DEFAULT 1,
  subscription TEXT,
  live_subscriptions INTEGER NOT NULL DEFAULT 0,
  past_due_since_ms INTEGER,
  trial_used INTEGER NOT NULL DEFAULT 0,
  granted_until_ms INTEGER,
  synced_ms INTEGER,
  checkout TEXT,
  checkout_attempt INTEGER NOT NULL DEFAULT 0,
  link_ref TEXT NOT NULL
);
INSERT INTO entitlement (id, tier, link_ref) VALUES (1, 'free', lower(hex(randomblob(16))));

-- Every change of the tier, with what caused it.
CREATE TABLE entitlement_history (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  from_tier TEXT NOT NULL,
  to_tier TEXT NOT NULL,
  why TEXT NOT NULL,
  event_id TEXT
);

-- Stripe's events that reached this user, so that each is worked on once. `done_ms` is NULL until it was.
CREATE TABLE billing_events (
  event_id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  done_ms INTEGER,
  problem TEXT
) WITHOUT ROWID;

-- Disputes of the user's charges. An open one, or a lost one whose subscription still runs, holds the plan back.
CREATE TABLE billing_disputes (
  dispute_id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Sessions that were sent to the upgrade page and want to hear when it worked.
CREATE TABLE paywall_waits (
  elicitation_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) WITHOUT ROWID;
