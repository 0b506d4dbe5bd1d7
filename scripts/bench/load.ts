/**
 * A closed loop of requests over kept connections, as cheap for the client as it can be: bytes prepared in advance,
 * only the end of an answer is looked for. Client and server share the machine.
 */
import { connect, type Socket } from "node:net";

export interface LoadResult {
  requests: number;
  seconds: number;
  /** Milliseconds of each request. */
  latencies: number[];
}

/** The bytes of a POST. */
export function postBytes(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): { host: string; port: number; bytes: Buffer } {
  const { hostname, port, host, pathname } = new URL(url);
  const text = JSON.stringify(body);
  const lines = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return { host: hostname, port: Number(port), bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n${text}`) };
}

export type Prepared = ReturnType<typeof postBytes>;

/** One kept connection; one request at a time. */
export class Connection {
  readonly #socket: Socket;
  #text = "";
  #done: ((answer: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (chunk: string) => {
      this.#text += chunk;
      if (isWhole(this.#text)) {
        const text = this.#text;
        this.#text = "";
        this.#done?.(text);
      }
    });
    this.#socket.on("error", (error) => this.#failed?.(error));
    this.#socket.on("close", () => this.#failed?.(new Error("the server closed the connection")));
  }

  /** @returns the whole answer: status line, headers, body as it came */
  send(bytes: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }
}

function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1];
  return length === undefined ? text.endsWith("\r\n0\r\n\r\n") : text.length >= head + 4 + Number(length);
}

/**
 * Sends the prepared requests in turn for `seconds` over `connections`.
 * @throws Error when an answer does not contain `expect`
 */
export async function load(
  prepared: readonly Prepared[],
  options: { connections: number; seconds: number; expect: string },
): Promise<LoadResult> {
  const [first] = prepared;
  if (first === undefined) throw new Error("nothing to send");
  const pool = Array.from({ length: options.connections }, () => new Connection(first.host, first.port));
  const latencies: number[] = [];
  let next = 0;
  const one = async (connection: Connection): Promise<void> => {
    const request = prepared[next++ % prepared.length] ?? first;
    const started = performance.now();
    const answer = await connection.send(request.bytes);
    latencies.push(performance.now() - started);
    if (!answer.includes(options.expect)) throw new Error(`unexpected answer: ${answer.slice(0, 600)}`);
  };
  const started = performance.now();
  const until = started + options.seconds * 1000;
  try {
    await Promise.all(
      pool.map(async (connection) => {
        while (performance.now() < until) await one(connection);
      }),
    );
  } finally {
    for (const connection of pool) connection.close();
  }
  return { requests: latencies.length, seconds: (performance.now() - started) / 1000, latencies };
}

/** Sends each prepared request once, one after the other. */
export async function once(prepared: readonly Prepared[], expect: string): Promise<number[]> {
  const latencies: number[] = [];
  const [first] = prepared;
  if (first === undefined) return latencies;
  const connection = new Connection(first.host, first.port);
  try {
    for (const { bytes } of prepared) {
      const started = performance.now();
      const answer = await connection.send(bytes);
      latencies.push(performance.now() - started);
      if (!answer.includes(expect)) throw new Error(`unexpected answer: ${answer.slice(0, 600)}`);
    }
  } finally {
    connection.close();
  }
  return latencies;
}
