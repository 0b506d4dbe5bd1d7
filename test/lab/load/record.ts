/** Takes the record as it arrives in R2 and checks it at once, so that nothing of a long run has to be kept. */
import { Chain } from "../proof/chain.ts";
import { R2Bucket } from "../workerd/r2.ts";

export interface UserRecord {
  chain: Chain;
  /** Admission times of counted requests, ascending. */
  times_ms: number[];
  /** Events that MCP requests made. */
  requests: number;
}

export class RecordKeeper {
  readonly bucket: R2Bucket;
  readonly users = new Map<string, UserRecord>();

  constructor() {
    this.bucket = new R2Bucket({
      after: async (key) => {
        this.#take(key);
        return "go on";
      },
    });
  }

  of(userId: string): UserRecord {
    const known = this.users.get(userId);
    if (known !== undefined) return known;
    const made = { chain: new Chain(userId), times_ms: [], requests: 0 };
    this.users.set(userId, made);
    return made;
  }

  #take(key: string): void {
    const stored = this.bucket.objects.get(key);
    // A repeated put finds the object read already.
    if (stored === undefined || stored.body === "") return;
    const user = this.of(key.split("/")[1] ?? "");
    for (const { t_ms, counted, protocol } of user.chain.add(key, stored.body)) {
      if (counted) user.times_ms.push(t_ms);
      if (protocol !== null) user.requests++;
    }
    stored.body = "";
    this.bucket.attempts.splice(0);
  }
}
