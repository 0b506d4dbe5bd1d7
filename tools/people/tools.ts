import * as z from "zod";
import type { Person } from "../clickup/people.ts";
import { defineTool } from "../define.ts";
import { lookUpPeople, searchPeople } from "./member-search.ts";
import { Cursor, Text, TextList } from "../params.ts";
import { compact, pageOf } from "../words/render.ts";
import { loadMembers } from "../resolve/people.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import { NextCursor, Ref } from "../shapes.ts";

/** How old the people may be when a person asks to see them. */
const LISTING_AGE_MS = 60_000;

const Member = Ref.extend({
  name: z.string(),
  email: z.string().optional(),
  role: z.string().optional(),
});

function memberRow(person: Person): z.infer<typeof Member> {
  return { id: person.id, name: person.username, ...compact({ email: person.email, role: person.role }) };
}

const size = (row: unknown) => JSON.stringify(row).length;

const memberList = defineTool({
  name: "clickup_member_list",
  tier: "premium",
  set: "spaces",
  kind: "read",
  title: "List members",
  description: "People in a workspace.",
  input: z.object({ workspace: Text.optional(), cursor: Cursor.optional() }),
  output: z.object({
    workspace: Ref,
    members: z.array(Member),
    total: z.number(),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v2/team"],
  async handler(params, ctx) {
    const workspace = resolveWorkspace(ctx, params.workspace);
    const { workspaces } = await loadMembers(ctx, LISTING_AGE_MS);
    const rows = (workspaces.find((one) => one.id === workspace.id)?.members ?? []).map(memberRow);
    const page = pageOf(rows, params.cursor, size);
    return {
      data: {
        workspace: { id: workspace.id, name: workspace.name },
        members: page.shown,
        total: rows.length,
        total_shown: page.shown.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary:
        page.next_cursor === undefined
          ? `Workspace ${workspace.id}: ${rows.length} members.`
          : `Workspace ${workspace.id}: ${page.shown.length} of ${rows.length} members; pass next_cursor as cursor for more.`,
    };
  },
});

const memberFind = defineTool({
  name: "clickup_member_find",
  tier: "premium",
  set: "spaces",
  kind: "read",
  title: "Find member",
  description: "Search people by part of name or e-mail.",
  input: z.object({ query: Text, cursor: Cursor.optional() }),
  output: z.object({
    members: z.array(Member),
    near: z.boolean().optional(),
    total: z.number(),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v2/team"],
  async handler(params, ctx) {
    const { found, near } = await searchPeople(ctx, params.query);
    const page = pageOf(found.map(memberRow), params.cursor, size);
    return {
      data: {
        members: page.shown,
        ...(near ? { near: true } : {}),
        total: found.length,
        total_shown: page.shown.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary: near ? `Nobody matches; ${found.length} nearest.` : `${found.length} members match.`,
    };
  },
});

const memberResolve = defineTool({
  name: "clickup_member_resolve",
  tier: "premium",
  set: "spaces",
  kind: "read",
  title: "Resolve members",
  description: "Names or e-mails to user ids.",
  input: z.object({ names: TextList }),
  output: z.object({
    results: z.array(
      z.object({
        asked: z.string(),
        status: z.enum(["found", "ambiguous", "not_found"]),
        member: Member.optional(),
        candidates: z.array(Member).optional(),
      }),
    ),
    unresolved: z.number(),
  }),
  operations: ["GET /v2/team"],
  async handler(params, ctx) {
    const results = (await lookUpPeople(ctx, params.names)).map(({ wanted, found, nearest }) => {
      const [only, second] = found;
      if (only !== undefined && second === undefined) {
        return { asked: wanted, status: "found" as const, member: memberRow(only) };
      }
      return {
        asked: wanted,
        status: only === undefined ? ("not_found" as const) : ("ambiguous" as const),
        ...compact({ candidates: (only === undefined ? nearest : found).slice(0, 10).map(memberRow) }),
      };
    });
    const unresolved = results.filter((one) => one.status !== "found").length;
    return {
      data: { results, unresolved },
      summary: `${results.length - unresolved} of ${results.length} resolved.`,
    };
  },
});

export const peopleTools = [memberList, memberFind, memberResolve];
