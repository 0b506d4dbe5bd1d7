/** Holds the sandbox's answers against recorded ones, field by field. */
import { createClickUpSandbox, SANDBOX } from "../../sandbox/clickup/index.ts";
import { ASKED, type Asked } from "./asked.ts";
import { EXPLAINED } from "./explained.ts";
import { type Recording } from "./recordings.ts";
import { differences, shapeOf, type Shape } from "./shape.ts";

/** One operation (or one special case of it), compared. */
export interface Report {
  name: string;
  recordings: number;
  /** What nobody has explained. */
  open: string[];
  explained: string[];
}

async function answers(recording: Recording): Promise<{ status: number; body: unknown }[]> {
  const ask = ASKED[recording.name] ?? ASKED[recording.operation];
  if (ask === undefined) throw new Error(`nothing is asked for ${recording.name}`);
  const sandbox = createClickUpSandbox({ rateLimitPerMinute: 100_000 });
  const send = async ({ method, path, body }: Asked) => {
    const response = await sandbox.fetch(
      new Request(`https://api.clickup.test/api${path}`, {
        method,
        headers: { Authorization: SANDBOX.tokens.alice, "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    let read: unknown = text;
    if (text.startsWith("{") || text.startsWith("[")) read = JSON.parse(text);
    return { status: response.status, body: text === "" ? null : read };
  };
  // Who was recorded had set nothing up.
  Object.assign(sandbox.state.user(SANDBOX.users.alice), { profilePicture: null, week_start_day: null });
  const found: { status: number; body: unknown }[] = [];
  for (const asked of await ask(send, sandbox)) found.push(await send(asked));
  return found;
}

/** Recordings of the same request prove together what may be null or absent. */
function grouped(recordings: Recording[]): Map<string, Recording[]> {
  const groups = new Map<string, Recording[]>();
  for (const recording of recordings) {
    const special = ASKED[recording.name] === undefined ? recording.operation : recording.name;
    const key = `${special} (${recording.status}, ${recording.proves})`;
    groups.set(key, [...(groups.get(key) ?? []), recording]);
  }
  return groups;
}

const codeOf = (body: unknown) => (body as { ECODE?: string } | null)?.ECODE;

/** Compares every recording that can be compared. Those of grade "status" are held against by their status. */
export async function compareAll(recordings: Recording[]): Promise<Report[]> {
  const reports: Report[] = [];
  for (const [name, group] of grouped(recordings)) {
    const [first] = group;
    if (first === undefined || (ASKED[first.name] ?? ASKED[first.operation]) === undefined) continue;
    const found = await answers(first);
    if (found.length === 0) continue;
    const lines = found.flatMap(({ status, body }) =>
      status === first.status
        ? []
        : [`status ${first.status} at ClickUp, ${status} here ${JSON.stringify(body).slice(0, 120)}`],
    );
    if (lines.length === 0 && first.status >= 400) {
      const code = codeOf(first.body);
      lines.push(
        ...found.flatMap(({ body }) =>
          code === codeOf(body) ? [] : [`code ${code} at ClickUp, ${codeOf(body)} here`],
        ),
      );
    } else if (lines.length === 0 && first.proves !== "status") {
      let real: Shape | undefined;
      let ours: Shape | undefined;
      for (const { body } of group) real = shapeOf(body, real);
      for (const { body } of found) ours = shapeOf(body, ours);
      if (real !== undefined && ours !== undefined)
        lines.push(...differences(real, ours, { keysOnly: first.proves === "keys" }));
    }
    const why = (line: string) =>
      EXPLAINED.find((rule) => rule.of.test(name) && rule.difference.test(line))?.why;
    reports.push({
      name,
      recordings: group.length,
      open: lines.filter((line) => why(line) === undefined),
      explained: lines.flatMap((line) => (why(line) === undefined ? [] : [`${line}  [${why(line)}]`])),
    });
  }
  return reports;
}

/** Recordings that nothing is asked for: each has to be named in the test. */
export const notAsked = (recordings: Recording[]) =>
  recordings.filter((one) => ASKED[one.name] === undefined && ASKED[one.operation] === undefined);
