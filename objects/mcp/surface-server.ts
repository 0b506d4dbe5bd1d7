/**
 * The SDK's server with our three kinds of errors. By itself it answers whatever a handler throws with -32603 and the
 * error's own words: params that do not fit would be called a fault of ours, and a fault of ours would tell its inside.
 */
import {
  ProtocolError,
  Server,
  type Implementation,
  type JSONRPCRequest,
  type Result,
  type ServerContext,
  type ServerOptions,
} from "@modelcontextprotocol/server";
import { RPC } from "./responses.ts";

type Handler = (request: JSONRPCRequest, ctx: ServerContext) => Promise<Result>;

/** How a request of the server's ends when its handler does not answer. */
export interface Endings {
  /** The client's fault. */
  refused(ctx: ServerContext): void;
  /** Ours. @returns the incident the client is shown */
  broken(ctx: ServerContext, error: unknown): string;
}

export class SurfaceServer extends Server {
  readonly #endings: Endings;

  constructor(info: Implementation, options: ServerOptions, endings: Endings) {
    super(info, options);
    this.#endings = endings;
  }

  protected override _wrapHandler(method: string, handler: Handler): Handler {
    return super._wrapHandler(method, async (request, ctx) => {
      try {
        return await handler(request, ctx);
      } catch (error) {
        // Nobody waits for the answer of a cancelled request.
        if (ctx.mcpReq.signal.aborted) throw error;
        const refusal = refusalOf(error);
        if (refusal !== undefined) {
          this.#endings.refused(ctx);
          throw refusal;
        }
        const incident = this.#endings.broken(ctx, error);
        throw new ProtocolError(RPC.internal, `Something went wrong on our side. Incident ${incident}.`);
      }
    });
  }
}

function refusalOf(error: unknown): ProtocolError | undefined {
  if (error instanceof ProtocolError) return error;
  const invalid = invalidParams(error);
  return invalid === undefined
    ? undefined
    : new ProtocolError(RPC.invalidParams, `Invalid params: ${invalid}`);
}

const MOST_ISSUES = 3;

/** What the SDK throws for params that do not fit the schema: a plain error, its message a JSON list of zod's issues. */
function invalidParams(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.constructor !== Error || !error.message.startsWith("["))
    return undefined;
  try {
    const issues = JSON.parse(error.message) as { path: (string | number)[]; message: string }[];
    return issues
      .slice(0, MOST_ISSUES)
      .map(({ path, message }) => `${path.join(".")}: ${message}`)
      .join("; ");
  } catch {
    return undefined;
  }
}
