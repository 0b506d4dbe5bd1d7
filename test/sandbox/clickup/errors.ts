/**
 * ClickUp's errors: v2 answers `{err, ECODE}`, v3 answers `{status, message, trace_id, timestamp}`.
 * Codes are those that were seen at ClickUp, by a recording, a test suite run against it or somebody's note: APP_002, OAUTH_*, ACCESS_083, INPUT_00x,
 * CRTSK_001, ITEM_*, PROJ_*, SUBCAT_104, FIELD_*, TIMEENTRY_*, TAGS_020, TIS_027, TEAM_110, PAGE_047, OV_016, ATTCH_039/045.
 * ClickUp publishes no list; where none is known the sandbox uses a free number of the same family.
 */

/** Thrown by a handler; the app turns it into the shape of the API version that was called. */
export class ClickUpFault extends Error {
  readonly status: number;
  readonly ecode: string;
  constructor(status: number, message: string, ecode: string) {
    super(message);
    this.status = status;
    this.ecode = ecode;
  }
}

/** What ClickUp says to an id that does not exist or is in somebody else's Workspace: 401, not 404. */
export function notAuthorized(): ClickUpFault {
  return new ClickUpFault(401, "Team not authorized", "OAUTH_027");
}

/** A Workspace id that the token does not reach. */
export function workspaceNotAuthorized(): ClickUpFault {
  return new ClickUpFault(401, "Team(s) not authorized", "OAUTH_023");
}

/** A thing that once existed: ClickUp answers 404. */
export function gone(what: string, ecode: string): ClickUpFault {
  return new ClickUpFault(404, `${what} not found`, ecode);
}

export function badRequest(message: string, ecode: string): ClickUpFault {
  return new ClickUpFault(400, message, ecode);
}

/** The error body in the dialect of the path. `trace` is any number that names the request. */
export function errorResponse(
  version: "v2" | "v3",
  fault: ClickUpFault,
  trace: number,
  now_ms: number,
): Response {
  const body =
    version === "v2"
      ? { err: fault.message, ECODE: fault.ecode }
      : { status: fault.status, message: fault.message, trace_id: trace, timestamp: now_ms };
  return Response.json(body, { status: fault.status });
}
