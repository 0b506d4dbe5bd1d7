/** From words on the command line to commands of the Admin entrypoint. */
import { OperatorError } from "./operator-error.ts";

export interface Options {
  date?: string | undefined;
  verify?: boolean | undefined;
  confirm?: string | undefined;
  device?: string | undefined;
  until?: string | undefined;
  "dry-run"?: boolean | undefined;
}

export interface Call {
  command: string;
  input: Record<string, unknown>;
  /** Goes through all users, a page a call, and adds up. */
  sweep: boolean;
}

export const USAGE = `npm run admin -- COMMAND [--env staging|production] [--json]

  users                                everyone in the directory
  inspect USER                         devices, sessions, outbox, keys, limits, plan
  limits USER                          the limiter and the last 30 days
  sessions USER                        MCP sessions and devices
  flush USER                           send what waits to R2 now
  revoke USER --device d_… | all       stop a device, or everything
  audit USER [--date 2026-11-23] [--verify]
  export USER                          everything held about them, as JSON
  delete USER --confirm USERID
  keys status | rotate                 encryption keys in use; move everything to the current one
  billing report|resync USER [--dry-run]
  billing grant USER --until 2027-01-31 | never
  billing replay evt_…
  billing drift                        whose plan here is not what Stripe says
  doctor                               each part's state

USER is u_…, a ClickUp user id, a Stripe customer cus_…, or an e-mail address.
Without --env it is the server of \`npm start\` on this machine.`;

/** @throws OperatorError with the usage for anything it does not know */
export function callOf(words: readonly string[], options: Options): Call {
  const [first = "", second, third] = words;
  const one = (command: string, input: Record<string, unknown>): Call => ({ command, input, sweep: false });
  const user = (name: string | undefined): string => {
    if (name === undefined) throw new OperatorError(`Name the user.\n\n${USAGE}`);
    return name;
  };
  switch (first) {
    case "users":
      return { command: "users", input: {}, sweep: true };
    case "doctor":
    case "ready":
      return one("ready", {});
    case "inspect":
    case "limits":
    case "sessions":
    case "flush":
    case "export":
      return one(first, { user: user(second) });
    case "revoke":
      if (options.device === undefined)
        throw new OperatorError("Say what to stop: --device d_… or --device all");
      return one("revoke", { user: user(second), device: options.device });
    case "delete":
      return one("delete", { user: user(second), confirm: options.confirm ?? "" });
    case "audit": {
      const date = options.date === undefined ? {} : { date: options.date };
      return one("audit", { user: user(second), verify: options.verify === true, ...date });
    }
    case "keys":
      if (second === "status" || second === "rotate") {
        return { command: `keys/${second}`, input: {}, sweep: true };
      }
      throw new OperatorError(USAGE);
    case "billing":
      switch (second) {
        case "report":
          return one("billing/report", { user: user(third) });
        case "resync":
          return one("billing/resync", { user: user(third), dryRun: options["dry-run"] === true });
        case "grant": {
          if (options.until === undefined)
            throw new OperatorError("Say until when: --until 2027-01-31, or --until never to take it back");
          return one("billing/grant", {
            user: user(third),
            until: options.until === "never" ? null : options.until,
          });
        }
        case "replay":
          return one("billing/replay", { event: user(third) });
        case "drift":
          return { command: "billing/drift", input: {}, sweep: true };
        default:
          throw new OperatorError(USAGE);
      }
    default:
      throw new OperatorError(USAGE);
  }
}

/** Adds a page's answer to what the pages before said: numbers add up, lists join, `next` goes away. */
export function merge(
  total: Record<string, unknown>,
  page: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...total };
  for (const [name, value] of Object.entries(page)) {
    if (name === "next") continue;
    const before = merged[name];
    if (typeof before === "number" && typeof value === "number") merged[name] = before + value;
    else if (Array.isArray(before) && Array.isArray(value))
      merged[name] = [...(before as unknown[]), ...(value as unknown[])];
    else if (name === "inUse")
      merged[name] = merge((before ?? {}) as Record<string, unknown>, value as Record<string, unknown>);
    else merged[name] = value;
  }
  return merged;
}
