/** Bounds of a user's object, each with its reason. Rates per tier come from the environment (config.ts). */

/** The rate-limit window. "100 requests a minute" means any 60 seconds, not a calendar minute. */
export const WINDOW_MS = 60_000;

/** Pings, notifications and responses are cheap but not free: ten times the request limit. */
export const CONTROL_FACTOR = 10;

/** A batch leaves for R2 at 50 events, 64 KiB or 60 s after its oldest event, whichever is first. */
export const FLUSH_EVENTS = 50;
export const FLUSH_BYTES = 64 * 1024;
export const FLUSH_AFTER_MS = 60_000;
/** An event is a few hundred bytes; a batch above this would be a row near SQLite's 2 MB limit. */
export const BATCH_MAX_EVENTS = 1_000;
export const BATCH_MAX_BYTES = 512 * 1024;

/** R2 trouble: retry from 1 s (R2 takes one write a second on a key) up to every 15 minutes. */
export const FLUSH_RETRY_MIN_MS = 1_000;
export const FLUSH_RETRY_MAX_MS = 15 * 60_000;
/** A put that has not answered by then is treated as failed; the key makes the retry harmless. */
export const R2_PUT_TIMEOUT_MS = 20_000;

/** Past this many events waiting for R2, tools that write fail closed; reads go on. */
export const BACKLOG_MAX_EVENTS = 20_000;

/** Nothing MCP clients send is near this; the specification's SDKs use the same bound. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Levels of a message's JSON: schemas follow them by recursion, and no message that means something has so many. */
export const MAX_BODY_DEPTH = 100;
/** Elements of a JSON-RPC batch (2025-03-26). */
export const MAX_BATCH_ELEMENTS = 100;

/** A timer keeps an object awake, which is paid for: this is the most that an ended call costs beyond its end. */
export const TIMER_TICK_MS = 100;

/** One tool call: ClickUp calls stop being started after this. */
export const CALL_DEADLINE_MS = 25_000;

/** How long a create with an idempotency key is remembered. */
export const IDEMPOTENCY_TTL_MS = 24 * 60 * 60_000;

/** Active devices of a user; the least recently used is revoked to make room. */
export const MAX_DEVICES = 100;
/** `last_seen_ms` of a device is written at most this often: one row a minute, not one a call. */
export const LAST_SEEN_EVERY_MS = 60_000;

/** A device that ended stays visible on the account page this long. */
export const KEEP_ENDED_DEVICE_MS = 90 * 24 * 60 * 60_000;

/** Cached values larger than this are not stored: SQLite rows end at 2 MB. */
export const CACHE_MAX_BYTES = 1_500_000;

/** Sessions of a device; the least recently used makes room. */
export const MAX_DEVICE_SESSIONS = 20;
/** Sessions of a user, all devices together: one of the device's own makes room, else the least recently used. */
export const MAX_SESSIONS = 100;
/** What a client says of itself is some hundred bytes, and is kept as long as its session. */
export const MAX_INITIALIZE_BYTES = 64 * 1024;
/** Resources one session may subscribe to, and how long the name of one may be. */
export const MAX_SUBSCRIPTIONS = 100;
export const MAX_URI_BYTES = 2 * 1024;
/** A session nobody used for a week is gone. */
export const SESSION_IDLE_MS = 7 * 24 * 60 * 60_000;
/** What a session keeps for replay. */
export const MAX_SESSION_EVENTS = 1_000;
export const MAX_SESSION_EVENT_BYTES = 1024 * 1024;
/** Open streams of one session; the oldest is closed for the next. */
export const MAX_STREAMS_PER_SESSION = 10;
/** A stream whose reader does not keep up is closed; the client resumes from the log. */
export const MAX_STREAM_QUEUE_BYTES = 1024 * 1024;
/** What SSE clients are told to wait before they reconnect. */
export const SSE_RETRY_MS = 1_000;

/** Tasks a user can have at a time, running or kept for their result. */
export const MAX_TASKS = 200;
/** How long a task can be asked for after it was created. */
export const TASK_TTL_MS = 60 * 60_000;
/** How often a client is told to ask. */
export const TASK_POLL_MS = 1_000;
/** A tool that runs as a task may take this long. */
export const TASK_DEADLINE_MS = 10 * 60_000;
/** No call is open longer: one that asks the person in its task's last moment, and then runs as long as it may. */
export const LONGEST_CALL_MS = TASK_TTL_MS + TASK_DEADLINE_MS;
/** Streams of `subscriptions/listen` a user can have open; the oldest makes room. */
export const MAX_LISTEN_STREAMS = 50;
/** A socket's attachment ends at 16 KiB; a longer list of resources is refused. */
export const MAX_LISTEN_FILTER_BYTES = 8 * 1024;
