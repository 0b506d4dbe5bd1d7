/** Peer: a handler that reads the body and answers JSON. The floor of everything over HTTP. */
export default {
  async fetch(request) {
    const message = (await request.json()) as { id: number };
    return Response.json({ jsonrpc: "2.0", id: message.id, result: {} });
  },
} satisfies ExportedHandler;
