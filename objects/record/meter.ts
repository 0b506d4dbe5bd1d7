/** The figures of one HTTP request, collected from its messages and handed to the Worker for its log line. */
import type { RequestFigures } from "../rpc/user.ts";
import type { Beginning, Ending } from "../rpc/views.ts";

export class Meter {
  #messages = 0;
  #open = 0;
  #controls = 0;
  #figures: Omit<RequestFigures, "user" | "device" | "outboxDepth"> = {
    protocol: null,
    method: null,
    tool: null,
    outcome: "none",
    messages: 0,
    upstream_calls: 0,
    bytes_in: 0,
    bytes_out: 0,
    remaining: null,
  };

  /** A message was admitted. Of a batch the log names the last. */
  begin(beginning: Beginning, remaining: number): void {
    this.#messages++;
    this.#open++;
    const figures = this.#figures;
    figures.protocol = beginning.protocol;
    figures.method = this.#messages > 1 ? "batch" : beginning.method;
    figures.tool = beginning.tool;
    figures.bytes_in += beginning.bytes_in;
    figures.remaining = remaining;
  }

  /** A message without a row came: it was counted, and let in or not. */
  control(): void {
    this.#controls++;
  }

  /** True while nothing of the request has been counted. */
  get uncounted(): boolean {
    return this.#messages + this.#controls === 0;
  }

  /** It ended. The worst word of a batch stays: "ok" never hides another outcome. */
  end({ outcome, upstream_calls, bytes_out }: Ending): void {
    this.#open--;
    const figures = this.#figures;
    if (figures.outcome === "none" || figures.outcome === "ok") figures.outcome = outcome;
    figures.upstream_calls += upstream_calls;
    figures.bytes_out += bytes_out;
  }

  /** What is known now. Messages still running (a stream was answered, a task goes on) make it "running". */
  read(): Omit<RequestFigures, "user" | "device" | "outboxDepth"> {
    const outcome = this.#open > 0 ? "running" : this.#figures.outcome;
    return { ...this.#figures, outcome, messages: this.#messages };
  }

  /** The same for a trace span. */
  attributes(): Record<string, string | number | undefined> {
    const { method, tool, outcome, protocol, upstream_calls } = this.read();
    return {
      "mcp.method.name": method ?? undefined,
      "gen_ai.tool.name": tool ?? undefined,
      "mcp.protocol.version": protocol ?? undefined,
      "mcp.outcome": outcome,
      "clickup.calls": upstream_calls,
    };
  }
}
