/** What a run leaves behind: what clients saw, what R2 and the databases hold, what ClickUp did. */
import type { RecordedEvent } from "./chain.ts";
import type { PutAttempt } from "../workerd/r2.ts";

/**
 * `answered`: the whole answer came; `refused`: 429, with the time to wait; `unanswered`: the request left and the
 * connection ended; `broken`: a status that says the fault is ours; `session_lost`: the session was open and is not
 * known any more; `hung`: neither answer nor end in time.
 */
export type CallEnd = "answered" | "refused" | "unanswered" | "broken" | "session_lost" | "hung";

export interface Call {
  userId: string;
  /** Bytes of the request: no two of a user have the same, and the journal keeps them. So an unanswered call is found. */
  mark: number;
  /** Before the first byte left, ms since the epoch. */
  sent_ms: number;
  ended_ms: number;
  end: CallEnd;
  /** What the answer said besides, for people. */
  detail?: string;
  /** As the answer's header has it; null without an answer. */
  requestId: string | null;
  /** Name of the task it creates. A repeated create has the name of the first. */
  creates?: string;
  /** The answer says that the task was made. */
  created?: boolean;
}

/** What a user's database holds at the end. */
export interface DatabaseEnd {
  rows: RecordedEvent[];
  flushedSeq: number;
  batches: number;
  lastHash: string;
  /** A batch is still on its way. */
  pending: boolean;
}

export interface UserEvidence {
  userId: string;
  /** In R2 at the end. */
  objects: { key: string; body: string }[];
  puts: PutAttempt[];
  database: DatabaseEnd;
}

export interface Evidence {
  /** Requests a minute. */
  limit: number;
  calls: Call[];
  users: UserEvidence[];
  /** How often ClickUp made a task of a name. */
  made: ReadonlyMap<string, number>;
}
