/** What V8 itself says of a Worker's heap, over the inspector's protocol (Chrome DevTools Protocol). */

interface Reply {
  id?: number;
  result?: { usedSize: number };
  error?: { message: string };
}

/**
 * The heap of a Worker after what is garbage was collected, bytes.
 * @param address of the process's inspector, `host:port`
 * @param worker name of the service
 */
export async function heapAfterCollection(address: string, worker: string): Promise<number> {
  const socket = new WebSocket(`ws://${address}/${worker}`);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`the inspector of ${worker} does not answer`)));
  });
  let sent = 0;
  const ask = (method: string): Promise<Reply["result"]> =>
    new Promise((resolve, reject) => {
      const id = ++sent;
      const listen = ({ data }: MessageEvent): void => {
        const reply = JSON.parse(String(data)) as Reply;
        if (reply.id !== id) return;
        socket.removeEventListener("message", listen);
        if (reply.error === undefined) resolve(reply.result);
        else reject(new Error(`${method}: ${reply.error.message}`));
      };
      socket.addEventListener("message", listen);
      socket.send(JSON.stringify({ id, method }));
    });
  try {
    await ask("HeapProfiler.enable");
    // What finalizers let go of is collected the second time.
    await ask("HeapProfiler.collectGarbage");
    await ask("HeapProfiler.collectGarbage");
    const usage = await ask("Runtime.getHeapUsage");
    return usage?.usedSize ?? 0;
  } finally {
    socket.close();
  }
}
