/**
 * HTTP as cheap and as plain as it can be: bytes prepared in advance over kept connections. Nothing is retried behind
 * the caller's back, so it is known whether a request left and whether its answer came.
 */
import { connect, type Socket } from "node:net";

export interface Prepared {
  host: string;
  port: number;
  bytes: Buffer;
}

/** The bytes of a POST. @param body a value to send as JSON, or the text itself */
export function postBytes(url: string, body: unknown, headers: Record<string, string> = {}): Prepared {
  return requestBytes("POST", url, headers, typeof body === "string" ? body : JSON.stringify(body));
}

export function requestBytes(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Prepared {
  const { hostname, port, host, pathname } = new URL(url);
  const lines = [
    `${method} ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    ...(body === undefined
      ? []
      : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return {
    host: hostname,
    port: Number(port),
    bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`),
  };
}

/** One kept connection; one request at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #opened: Promise<boolean>;
  #text = "";
  #closed = false;
  #done: ((answer: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#opened = new Promise((resolve) => {
      this.#socket.once("connect", () => resolve(true));
      this.#socket.once("close", () => resolve(false));
    });
    this.#socket.on("data", (chunk: string) => {
      this.#text += chunk;
      if (isWhole(this.#text)) {
        const text = this.#text;
        this.#text = "";
        this.#done?.(text);
      }
    });
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the server closed the connection")));
  }

  /** False when nobody listens: nothing was sent, and nothing will be. */
  opened(): Promise<boolean> {
    return this.#opened;
  }

  /** True once no request can be sent any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * @returns the whole answer: status line, headers, body as it came
   * @throws Error when the connection ends before the answer; whether the server did the work is not known then
   */
  send(bytes: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new Error("the connection is closed"));
        return;
      }
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(bytes);
    });
  }

  /** `send` with a bound on the time, ms. */
  async sendInTime(bytes: Buffer, within_ms: number): Promise<{ text: string } | "cut off" | "hung"> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"hung">((resolve) => {
      timer = setTimeout(() => resolve("hung"), within_ms);
    });
    const answered = this.send(bytes).then(
      (text) => ({ text }),
      () => "cut off" as const,
    );
    const ended = await Promise.race([answered, late]);
    clearTimeout(timer);
    return ended;
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #end(error: Error): void {
    this.#closed = true;
    this.#failed?.(error);
  }
}

function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1];
  if (length !== undefined) return text.length >= head + 4 + Number(length);
  return hasNoBody(text) || text.endsWith("\r\n0\r\n\r\n");
}

/** 204 and 304 (RFC 9112, section 6.3). */
function hasNoBody(text: string): boolean {
  return /^HTTP\/1\.1 (204|304)/.test(text);
}

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** @param text as `Connection.send` gives it */
export function parseAnswer(text: string): Answer {
  const at = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, at).split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const raw = text.slice(at + 4);
  const body = headers.get("transfer-encoding") === "chunked" ? withoutChunks(raw) : raw;
  return {
    status: Number(first.split(" ")[1]),
    headers,
    body: Buffer.from(body, "latin1").toString("utf8"),
  };
}

function withoutChunks(raw: string): string {
  let body = "";
  for (let at = 0; ;) {
    const end = raw.indexOf("\r\n", at);
    const size = Number.parseInt(raw.slice(at, end), 16);
    if (end < 0 || !(size > 0)) return body;
    body += raw.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}
