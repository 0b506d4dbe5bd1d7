/** Skills over MCP: `skills/list` and `skills/get` (SEP-2640, extension io.modelcontextprotocol/skills). */
import { ProtocolError, type Server, type ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { cursorProblem } from "./methods.ts";
import { RPC } from "./responses.ts";
import type { Scope, Surface } from "./surface.ts";

export const SKILLS_EXTENSION = "io.modelcontextprotocol/skills";

const listParams = z.looseObject({ cursor: z.unknown().optional() }).optional();
const getParams = z.looseObject({ uri: z.string() });

/** Registers the two methods where the surface has skills. Entries are the same for everybody. */
export function addSkills(server: Server, surface: Surface, scope: (ctx: ServerContext) => Scope): void {
  const { skills } = surface;
  if (skills === undefined) return;
  const how = { resultType: "complete", ttlMs: surface.listTtl_ms, cacheScope: "public" };
  server.setRequestHandler("skills/list", { params: listParams }, async (params, ctx) => {
    const wrong = cursorProblem(params);
    if (wrong !== undefined) throw new ProtocolError(RPC.invalidParams, wrong);
    return { skills: await skills.list(scope(ctx)), ...how };
  });
  server.setRequestHandler("skills/get", { params: getParams }, async ({ uri }, ctx) => {
    const skill = (await skills.list(scope(ctx))).find((one) => one.uri === uri);
    if (skill === undefined)
      throw new ProtocolError(RPC.invalidParams, `No skill is served at ${uri.slice(0, 200)}`);
    return { skill, ...how };
  });
}
