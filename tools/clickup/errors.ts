/**
 * What ClickUp refused, as one error class. The message is ours and safe to show to a model;
 * ClickUp's own short text travels beside it, cleaned. Codes: ClickUp's error reference (ECODE).
 */

export type ClickUpErrorKind =
  /** The token is missing, revoked or malformed: the person must connect ClickUp again. */
  | "auth"
  /** The token is fine, but may not do this; ClickUp answers the same for ids it does not know. */
  | "permission"
  | "not_found"
  /** ClickUp answers for it, and says that it was deleted. */
  | "deleted"
  | "validation"
  | "rate_limited"
  | "unavailable"
  | "timeout"
  /** A write was sent and no usable answer came: it may or may not have happened. */
  | "unknown_outcome";

/** What the rate-limit headers of one answer said. Absent fields were absent. */
export interface RateHeaders {
  limit?: number | undefined;
  remaining?: number | undefined;
  /** When the window ends, ms since the epoch, by ClickUp's clock. */
  reset_ms?: number | undefined;
  retryAfter_s?: number | undefined;
}

export interface ClickUpErrorFacts {
  /** HTTP status; 0 when no answer came. */
  status?: number;
  ecode?: string;
  /** ClickUp's own words, cleaned and cut. */
  detail?: string;
  retry_after_s?: number;
  rate?: RateHeaders;
}

export class ClickUpError extends Error {
  override readonly name = "ClickUpError";
  readonly kind: ClickUpErrorKind;
  readonly status: number;
  readonly ecode: string | undefined;
  readonly detail: string | undefined;
  readonly retry_after_s: number | undefined;
  readonly rate: RateHeaders | undefined;

  constructor(kind: ClickUpErrorKind, message: string, facts: ClickUpErrorFacts = {}) {
    super(message);
    this.kind = kind;
    this.status = facts.status ?? 0;
    this.ecode = facts.ecode;
    this.detail = facts.detail;
    this.retry_after_s = facts.retry_after_s;
    this.rate = facts.rate;
  }
}

/** True for the answers ClickUp gives to an id it does not know: 401 "not authorized", 404, or a code for it. */
export function isUnknownId(error: unknown): error is ClickUpError {
  return (
    error instanceof ClickUpError &&
    (error.kind === "not_found" || (error.kind === "permission" && error.status === 401))
  );
}

/** True when ClickUp will not show something, whether it exists or not. */
export function isRefused(error: unknown): error is ClickUpError {
  return error instanceof ClickUpError && (error.kind === "not_found" || error.kind === "permission");
}

/**
 * The codes that speak of the token itself (ClickUp's common errors). Every other 401 refuses one thing: ClickUp
 * answers 401 to an id that is unknown or not the account's.
 */
const DEAD_TOKEN = new Set(["OAUTH_017", "OAUTH_018", "OAUTH_019", "OAUTH_021", "OAUTH_025", "OAUTH_077"]);
const NOT_FOUND_CODES = new Set(["ITEM_013", "ITEM_015", "PROJ_006", "ACCESS_999"]);

/** What to do, by code. Sources: recorded answers, test suites that were run against ClickUp, notes of people who saw them. */
const ADVICE: Readonly<Record<string, string>> = {
  ACCESS_083: "This account may not see that one task. Ask its owner to share it.",
  ATTCH_039: "The file was not sent as a file. Give its content or an address that can be read.",
  CRTSK_001: "The List has no such status. Look at its statuses with clickup_list_get.",
  FIELD_011: "Name one of the field's options.",
  FIELD_033:
    "The plan's uses of Custom Fields are used up. Leave the fields out, or raise the plan in ClickUp.",
  FIELD_115: "That Custom Field does not exist where the task is.",
  FIELD_605: "Custom Fields are switched off there. Switch the ClickApp on for the Space.",
  GBUSED_005: "The Workspace's storage is full.",
  ITEM_013: "The task was deleted; it can be restored from ClickUp's Trash for 30 days.",
  ITEM_114: "The List has no such status. Look at its statuses with clickup_list_get.",
  ITEM_137: "The parent must be a task of the same List. Name the parent's List, or move the parent first.",
  ITEM_246:
    "The plan's uses of custom task types are used up. Create it as a plain task, or raise the plan in ClickUp.",
  OV_016:
    "Tasks in Multiple Lists is switched off. An admin can switch the ClickApp on; clickup_task_move changes the List.",
  PROJ_006: "The Space was deleted.",
  PROJ_023: "A Space of that name exists already. Choose another name.",
  PROJ_060: "The name is empty or too long. Choose another.",
  SUBCAT_016: "A List of that name exists there already. Choose another name.",
  SUBCAT_104: "A List's colour is one of ClickUp's names, such as red, yellow or blue.",
  TEAM_110: "Only Workspaces on the Enterprise plan can do that.",
  TEAMM_002: "ClickUp shows a running timer to its own person alone.",
  TIMEENTRY_059: "Only an owner or admin may see or keep the time of others.",
  TIMEENTRY_065: "Name one place, not several.",
  TIS_027: "Time in status is switched off. An admin can switch the ClickApp on.",
};
const DETAIL_CHARS = 200;

/**
 * The error for an answer with a status of 300 or more. `body` is the parsed JSON, or undefined when it
 * was not JSON (an HTML page is never quoted). `secret` is removed from ClickUp's text should it be there.
 */
export function errorFromAnswer(
  status: number,
  body: unknown,
  rate: RateHeaders,
  secret: string,
): ClickUpError {
  const { ecode, detail } = readErrorBody(body, secret);
  const kind = kindOf(status, ecode, detail);
  const retry_after_s = kind === "rate_limited" ? retryAfter(rate) : undefined;
  const advice = ADVICE[ecode ?? ""];
  const plain = messageOf(kind, status, retry_after_s);
  const message = advice === undefined ? plain : `${LEADS[kind] ?? plain} ${advice}`;
  return new ClickUpError(kind, message, {
    status,
    rate,
    ...(ecode === undefined ? {} : { ecode }),
    ...(detail === undefined ? {} : { detail }),
    ...(retry_after_s === undefined ? {} : { retry_after_s }),
  });
}

function readErrorBody(body: unknown, secret: string): { ecode?: string; detail?: string } {
  if (typeof body !== "object" || body === null) {
    return {};
  }
  const { err, message, error, ECODE } = body as Record<string, unknown>;
  const words = [err, message, error].find((word) => typeof word === "string" && word !== "");
  const detail = typeof words === "string" ? cleanDetail(words, secret) : "";
  return {
    ...(typeof ECODE === "string" && /^\w{1,32}$/.test(ECODE) ? { ecode: ECODE } : {}),
    ...(detail === "" ? {} : { detail }),
  };
}

/** ClickUp's text without markup, control or invisible characters, or anything that looks like a credential. */
export function cleanDetail(words: string, secret = ""): string {
  const shown = secret.length >= 8 ? words.replaceAll(secret, "[token]") : words;
  const clean = shown
    .slice(0, 2_000)
    .replaceAll(/<[^>]*>?/g, " ")
    .replaceAll(/\bpk_\w+|\bBearer\s+\S+|\beyJ[\w-]{8,}[\w.-]*/gi, "[token]")
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
  return clean.length > DETAIL_CHARS ? `${clean.slice(0, DETAIL_CHARS - 1)}…` : clean;
}

function kindOf(status: number, ecode: string | undefined, detail: string | undefined): ClickUpErrorKind {
  if (ecode !== undefined && DEAD_TOKEN.has(ecode)) {
    return "auth";
  }
  if (ecode !== undefined && NOT_FOUND_CODES.has(ecode)) {
    return "not_found";
  }
  switch (status) {
    case 401:
      // Without a code only words can tell; what says nothing at all is about the token.
      return ecode !== undefined || /not authori[sz]ed|access/i.test(detail ?? "") ? "permission" : "auth";
    case 402:
    case 403:
      return "permission";
    case 404:
      return "not_found";
    case 408:
      return "unavailable";
    case 429:
      return "rate_limited";
    default:
      return status >= 400 && status < 500 ? "validation" : "unavailable";
  }
}

/** Seconds to wait by the headers of a 429; a whole window when they say nothing. */
function retryAfter(rate: RateHeaders): number {
  if (rate.retryAfter_s !== undefined) {
    return Math.max(1, Math.ceil(rate.retryAfter_s));
  }
  if (rate.reset_ms !== undefined) {
    return Math.min(120, Math.max(1, Math.ceil((rate.reset_ms - Date.now()) / 1000)));
  }
  return 60;
}

/** How a sentence with advice begins. */
const LEADS: Partial<Record<ClickUpErrorKind, string>> = {
  permission: "ClickUp refused.",
  not_found: "ClickUp does not have it any more.",
  validation: "ClickUp did not accept the request.",
};

function messageOf(kind: ClickUpErrorKind, status: number, retry_after_s: number | undefined): string {
  switch (kind) {
    case "auth":
      return "ClickUp no longer accepts the stored credential. Connect ClickUp again.";
    case "permission":
      return "ClickUp refused: this account may not do that here, or ClickUp does not know the id.";
    case "not_found":
      return "ClickUp does not know this object; it may have been deleted.";
    case "deleted":
      return "That was deleted in ClickUp.";
    case "validation":
      return "ClickUp did not accept the request.";
    case "rate_limited":
      return `ClickUp's request limit is used up. Try again in ${retry_after_s ?? 60} s.`;
    case "timeout":
      return "ClickUp did not answer in time.";
    case "unavailable":
      return `ClickUp is not available right now${status === 0 ? "" : ` (HTTP ${status})`}. Try again later.`;
    case "unknown_outcome":
      return "The outcome is unknown: the change may or may not have been made.";
  }
}

/** The error for a write that was sent but not answered usably. `verify` names how to look, e.g. a tool. */
export function unknownOutcome(verify: string | undefined, status: number): ClickUpError {
  return new ClickUpError(
    "unknown_outcome",
    `Outcome unknown: ClickUp did not confirm the change, it may or may not have been made. ` +
      `Check with ${verify ?? "the matching get tool"} before trying again.`,
    { status },
  );
}
