/** What V8 itself says of a Worker's heap, over the inspector's protocol (Chrome DevTools Protocol). */

interface Reply {
  id?: number;
  result?: { usedSize: number };
  error?: { message: string };
}

const ANSWER_WITHIN_MS = 30_000;
const WAKE_EVERY_MS = 50;

/**
 * The heap of a Worker after what is garbage was collected, bytes.
 * @param address of the process's inspector, `host:port`
 * @param worker name of the service
 * @param origin where the Worker is reached: V8 collects as a task of the isolate, and an isolate that has nothing to
 * do runs no tasks, so it gets requests until it has
 * @throws Error when the inspector cannot be reached or does not answer in time
 */
export async function heapAfterCollection(address: string, worker: string, origin: string): Promise<number> {
  const socket = new WebSocket(`ws://${address}/${worker}`);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`the inspector of ${worker} does not answer`)));
  });
  let sent = 0;
  const ask = (method: string): Promise<Reply["result"]> =>
    new Promise((resolve, reject) => {
      const id = ++sent;
      const late = setTimeout(
        () => reject(new Error(`${worker} did not answer ${method} in ${ANSWER_WITHIN_MS} ms`)),
        ANSWER_WITHIN_MS,
      );
      const listen = ({ data }: MessageEvent): void => {
        const reply = JSON.parse(String(data)) as Reply;
        if (reply.id !== id) return;
        clearTimeout(late);
        socket.removeEventListener("message", listen);
        if (reply.error === undefined) resolve(reply.result);
        else reject(new Error(`${method}: ${reply.error.message}`));
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method }));
    });
  const collect = async (): Promise<void> => {
    const waking = setInterval(() => {
      // Whether it succeeds is told by the collection.
      fetch(`${origin}/wake`)
        .then((response) => response.body?.cancel())
        .catch(() => undefined);
    }, WAKE_EVERY_MS);
    await ask("HeapProfiler.collectGarbage").finally(() => clearInterval(waking));
  };
  try {
    await ask("HeapProfiler.enable");
    // What finalizers let go of is collected the second time.
    await collect();
    await collect();
    const usage = await ask("Runtime.getHeapUsage");
    return usage?.usedSize ?? 0;
  } finally {
    socket.close();
  }
}
