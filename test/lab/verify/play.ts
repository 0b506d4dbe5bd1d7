/** Plays the probes against one ClickUp, real or imitated, and compares two plays. */
import { differences, shapeOf } from "../reality/shape.ts";
import type { Probe } from "./probes.ts";

export interface Target {
  send: (request: Request) => Promise<Response>;
  /** With /api, without a slash at the end. */
  baseUrl: string;
  authorization: string;
  /** Workspace and throw-away Space. */
  team: string;
  space: string;
  /** Waits between requests; nothing is awaited without it. */
  pause?: () => Promise<void>;
}

/** What became of one probe. `status` 0: it could not be sent, because what it needs was not made. */
export interface Played {
  probe: Probe;
  status: number;
  /** Parsed JSON; text where it is none; null where there is nothing. */
  body: unknown;
}

const WRITES = new Set(["POST", "PUT", "DELETE"]);

/**
 * Throws when a probe would change what it did not make: a write names only things that were made, but for what is made
 * in the Space (POST) and time of the own account, which has no other place than the Workspace.
 */
export function guard(probe: Probe): void {
  if (!WRITES.has(probe.method)) {
    return;
  }
  const named = [...probe.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const given = named.filter((name) => name === "space" || name === "team");
  const made = named.length - given.length;
  const inSpace = probe.method === "POST" && probe.path === "/v2/space/{space}/folder";
  const ownTime = /^\/v2\/team\/\{team\}\/time_entries(\/\{entry\})?$/.test(probe.path);
  if (
    /\/\d|\/[0-9a-z]{6,}-/.test(probe.path.replace(/^\/v\d/, "")) ||
    !(inSpace || ownTime || (made > 0 && given.length === 0))
  ) {
    throw new Error(`${probe.method} ${probe.path}: a probe may change only what the probes made`);
  }
}

function filled(path: string, ids: Record<string, string>): string | undefined {
  let missing = false;
  const full = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    missing ||= ids[name] === undefined;
    return encodeURIComponent(ids[name] ?? "");
  });
  return missing ? undefined : full;
}

function idOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) {
    return undefined;
  }
  for (const one of [body, ...Object.values(body)] as unknown[]) {
    const id = typeof one === "object" && one !== null && "id" in one ? one.id : undefined;
    if (typeof id === "string" || typeof id === "number") {
      return String(id);
    }
  }
  return undefined;
}

/** Every probe in turn; a failed one does not end the play, so that what was made is deleted in any case. */
export async function play(target: Target, probes: readonly Probe[]): Promise<Played[]> {
  probes.forEach(guard);
  const ids: Record<string, string> = { team: target.team, space: target.space };
  const played: Played[] = [];
  for (const probe of probes) {
    const path = filled(probe.path, ids);
    if (path === undefined) {
      played.push({ probe, status: 0, body: null });
      continue;
    }
    await target.pause?.();
    const body = probe.body?.(ids);
    const response = await target
      .send(
        new Request(`${target.baseUrl}${path}`, {
          method: probe.method,
          headers: { Authorization: target.authorization, "Content-Type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      )
      .catch(() => new Response("no answer", { status: 599 }));
    const answer = read(await response.text());
    played.push({ probe, status: response.status, body: answer });
    const id = response.ok ? idOf(answer) : undefined;
    if (probe.makes !== undefined && id !== undefined) {
      ids[probe.makes] = id;
    }
  }
  return played;
}

function read(text: string): unknown {
  if (text === "") {
    return null;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return "(text)";
  }
}

const codeOf = (body: unknown): string => {
  const code = (body as { ECODE?: unknown } | null)?.ECODE;
  return typeof code === "string" && /^\w{1,32}$/.test(code) ? code : "none";
};

/** Where the real one answered otherwise, by status, code, keys and types; never by values. */
function compare(real: Played, ours: Played): string[] {
  if (real.status !== ours.status) {
    return [
      `status ${real.status} (${codeOf(real.body)}), the sandbox ${ours.status} (${codeOf(ours.body)})`,
    ];
  }
  if (real.status >= 400) {
    const [theirs, mine] = [codeOf(real.body), codeOf(ours.body)];
    return theirs === mine ? [] : [`code ${theirs}, the sandbox ${mine}`];
  }
  return differences(shapeOf(real.body), shapeOf(ours.body), { keysOnly: false });
}

/** A report for a bug report: statuses, codes, keys and types. No name, id, address, token or text of anybody. */
export function reportOf(
  real: readonly Played[],
  ours: readonly Played[],
): { text: string; differing: number } {
  const lines: string[] = [];
  let differing = 0;
  for (const [at, one] of real.entries()) {
    const other = ours[at];
    const found = other === undefined ? ["not played here"] : compare(one, other);
    differing += found.length === 0 ? 0 : 1;
    const { probe } = one;
    lines.push(
      `${found.length === 0 ? "same" : "DIFFERS"}  ${probe.method} ${probe.path}  (${probe.name}): ${one.status}`,
    );
    if (probe.asks !== undefined) {
      lines.push(
        `    asked: ${probe.asks} ${one.status} ${one.status >= 400 ? codeOf(one.body) : keysOf(one.body)}`,
      );
    }
    lines.push(...found.map((line) => `    ${line}`));
  }
  lines.push(`${real.length} probes, ${differing} answered otherwise than the sandbox would have.`);
  return { text: `${lines.join("\n")}\n`, differing };
}

function keysOf(body: unknown): string {
  return typeof body === "object" && body !== null && !Array.isArray(body)
    ? Object.keys(body)
        .filter((key) => /^[a-z_]{1,40}$/i.test(key))
        .join(", ")
    : typeof body;
}
