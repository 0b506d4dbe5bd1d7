import type { AuditSink } from "./outbox.ts";
import { R2_PUT_TIMEOUT_MS } from "../limits.ts";
import type { After } from "../timer.ts";

/** Audit batches as R2 objects. Create-only: an object that is already there is a lost acknowledgement. */
export class R2AuditSink implements AuditSink {
  readonly #bucket: R2Bucket;
  readonly #after: After;

  constructor(bucket: R2Bucket, after: After) {
    this.#bucket = bucket;
    this.#after = after;
  }

  /** @throws when R2 fails or does not answer in time; the object may or may not be there then */
  async put(key: string, body: string, sha256: string): Promise<void> {
    let cancelTimeout = (): void => undefined;
    const timeout = new Promise<never>((_, reject) => {
      cancelTimeout = this.#after(R2_PUT_TIMEOUT_MS, () => reject(new Error("R2 put timed out")));
    });
    // `null` means the precondition failed (developers.cloudflare.com/r2/api/workers/workers-api-reference): the key
    // exists, with this very body.
    const put = this.#bucket.put(key, body, {
      onlyIf: { etagDoesNotMatch: "*" },
      sha256,
      httpMetadata: { contentType: "application/json" },
    });
    try {
      await Promise.race([put, timeout]);
    } finally {
      cancelTimeout();
    }
  }
}
