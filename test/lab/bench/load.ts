/**
 * A closed loop of requests over kept connections, as cheap for the client as it can be: bytes prepared in advance,
 * only the end of an answer is looked for. Client and server share the machine.
 */
import { Connection, type Prepared } from "../workerd/connection.ts";

export interface LoadResult {
  requests: number;
  seconds: number;
  /** Milliseconds of each request. */
  latencies: number[];
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
