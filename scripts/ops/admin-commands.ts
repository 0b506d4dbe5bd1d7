/** From words on the command line to commands of the Admin entrypoint. */
import { OperatorError } from "./operator-error.ts";

export interface Options {
  date?: string | undefined;
  verify?: boolean | undefined;
  confirm?: string | undefined;
  device?: string | undefined;
  until?: string | undefined;
  since?: string | undefined;
  undelivered?: boolean | undefined;
  subscription?: string | undefined;
  refund?: boolean | undefined;
  "dry-run"?: boolean | undefined;
}

export interface Call {
  command: string;
  input: Record<string, unknown>;
  /** Goes through all users, a page a call, and adds up. */
  sweep: boolean;
}

export const USAGE = `npm run admin -- COMMAND [--env staging|production] [--data FOLDER] [--json]

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
  billing report                       subscribers by state, MRR, churn, trials, failed payments, cancel reasons
  billing report USER                  the plan, its history, events that wait, what else runs
  billing resync USER|all [--dry-run]  read Stripe anew
  billing grant USER --until 2027-01-31 | never
  billing end USER --subscription sub_… [--refund]
  billing merge USER [--dry-run] [--refund]  leave the best of all their subscriptions, end the others
  billing replay evt_… | --undelivered [--since 2026-11-01]
  billing drift                        users: another plan than Stripe says, paying twice, disputes, waiting events
  billing subscriptions                Stripe's: paid for by nobody here, by a second customer, or shown another plan
  doctor                               each part's state

USER is u_…, a ClickUp user id, a Stripe customer cus_…, or an e-mail address.
Without --env it is the server that \`npm start\` runs from this checkout; --data where that was given a folder.
The server it reaches is named first, beside the output.`;

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
          // Of one user, or of everything that is sold.
          return third === undefined
            ? { command: "billing/numbers", input: {}, sweep: true }
            : one("billing/report", { user: third });
        case "resync":
          if (third === "all") {
            return { command: "billing/drift", input: { mend: options["dry-run"] !== true }, sweep: true };
          }
          return one("billing/resync", { user: user(third), dryRun: options["dry-run"] === true });
        case "grant": {
          if (options.until === undefined)
            throw new OperatorError("Say until when: --until 2027-01-31, or --until never to take it back");
          return one("billing/grant", {
            user: user(third),
            until: options.until === "never" ? null : options.until,
          });
        }
        case "replay": {
          if (options.undelivered !== true) {
            if (third === undefined) throw new OperatorError("Name the event evt_…, or --undelivered.");
            return one("billing/replay", { event: third });
          }
          const since = options.since === undefined ? {} : { since: options.since };
          return { command: "billing/undelivered", input: since, sweep: true };
        }
        case "end":
          if (options.subscription === undefined)
            throw new OperatorError(
              "Say which: --subscription sub_… (billing subscriptions lists those that are paid twice)",
            );
          return one("billing/end", {
            user: user(third),
            subscription: options.subscription,
            refund: options.refund === true,
          });
        case "merge":
          return one("billing/merge", {
            user: user(third),
            dryRun: options["dry-run"] === true,
            refund: options.refund === true,
          });
        case "subscriptions":
          return { command: "billing/subscriptions", input: {}, sweep: true };
        case "drift":
          return { command: "billing/drift", input: {}, sweep: true };
        default:
          throw new OperatorError(USAGE);
      }
    default:
      throw new OperatorError(USAGE);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
    else if (isRecord(value) && (before === undefined || isRecord(before)))
      merged[name] = merge(before ?? {}, value);
    else merged[name] = value;
  }
  return merged;
}
