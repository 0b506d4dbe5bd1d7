/** Signed state of the fixtures' multi-round requests, bound to the caller and the tool it was made for. */
import { createRequestStateCodec, type ServerContext } from "@modelcontextprotocol/server";
import type { RequestStateVerifier } from "../../../../objects/mcp/surface.ts";
import { contextOf } from "./fixture.ts";

/** Signs fixtures on one machine for the length of a test run; nothing else accepts it. */
const KEY = "conformance fixtures only: no secret of any deployment";

export const STATE = createRequestStateCodec<{ step: number }>({
  key: KEY,
  ttlSeconds: 60,
  bind: (ctx: ServerContext) => ctx.mcpReq.method,
});

export const STATE_VERIFIER: RequestStateVerifier = {
  verify: (state, scope) => STATE.verify(state, contextOf(scope)),
};
