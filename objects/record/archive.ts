/** A user's part of the record in R2: reading it back for its owner, and removing it. Written by `outbox.ts`. */
import * as z from "zod";
import { relyOn } from "../invariant.ts";
import type { ActivityEvent } from "../rpc/views.ts";

const LIST_MAX = 1_000;
const batch = z.object({
  user: z.string(),
  events: z.array(z.looseObject({ seq: z.number(), time: z.string() })),
});

export class AuditArchive {
  readonly #bucket: R2Bucket;
  readonly #userId: string;
  readonly #prefix: string;

  constructor(bucket: R2Bucket, userId: string) {
    this.#bucket = bucket;
    this.#userId = userId;
    this.#prefix = `audit/${userId}/`;
  }

  /** UTC dates that have batches, newest first. */
  async days(): Promise<string[]> {
    const days: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#bucket.list({
        prefix: this.#prefix,
        delimiter: "/",
        ...(cursor === undefined ? {} : { cursor }),
      });
      days.push(...page.delimitedPrefixes.map((p) => p.slice(this.#prefix.length, -1)));
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return days.toSorted().toReversed();
  }

  /** Batches of a day, newest first, as "date/name". */
  async batches(day: string): Promise<string[]> {
    const names: string[] = [];
    for await (const key of this.#keys(`${day}/`)) names.push(key.slice(this.#prefix.length));
    return names.toSorted().toReversed();
  }

  /** The body of a batch as it was written; undefined when there is none of that name. */
  async text(name: string): Promise<string | undefined> {
    return (await this.#bucket.get(this.#prefix + name))?.text();
  }

  /** Events of a batch, oldest first; none when there is no such batch, or it is somebody else's. */
  async events(name: string): Promise<ActivityEvent[]> {
    const text = await this.text(name);
    if (text === undefined) return [];
    const { user, events } = batch.parse(JSON.parse(text));
    const isOwn = relyOn(user === this.#userId, this.#userId, () => `batch ${name} names another user`);
    return isOwn ? (events as unknown as ActivityEvent[]) : [];
  }

  /** Deletes every batch of the user. */
  async removeAll(): Promise<void> {
    for (;;) {
      const page = await this.#bucket.list({ prefix: this.#prefix, limit: LIST_MAX });
      if (page.objects.length === 0) return;
      await this.#bucket.delete(page.objects.map((o) => o.key));
    }
  }

  async *#keys(under: string): AsyncGenerator<string> {
    let cursor: string | undefined;
    do {
      const page = await this.#bucket.list({
        prefix: this.#prefix + under,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const { key } of page.objects) yield key;
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
  }
}
