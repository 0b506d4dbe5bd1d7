/**
 * ClickUp as far as benchmark and load need it, in the same process: one Space, and a rate limit nobody reaches. A
 * token `pk_load_…` is answered with a Space that carries its end, so that an answer shows whose it is.
 */
export const SPACE = {
  id: "90120001",
  name: "Product",
  private: false,
  archived: false,
  multiple_assignees: true,
  statuses: [
    { id: "s1", status: "to do", type: "open", orderindex: 0, color: "#87909e" },
    { id: "s2", status: "in progress", type: "custom", orderindex: 1, color: "#1090e0" },
    { id: "s3", status: "complete", type: "closed", orderindex: 2, color: "#008844" },
  ],
  features: { due_dates: { enabled: true }, time_tracking: { enabled: true }, tags: { enabled: true } },
};

/** What ClickUp answers to a request of `url` with that credential. */
export function clickUpAnswer(url: string, authorization: string | null): Response {
  const { pathname } = new URL(url);
  if (!/^\/api\/v2\/space\/\d+$/.test(pathname))
    return Response.json({ err: "Not found", ECODE: "NF_001" }, { status: 404 });
  const whose = /^pk_load_(\w+)$/.exec(authorization ?? "")?.[1];
  const body = JSON.stringify(whose === undefined ? SPACE : { ...SPACE, name: `Space of ${whose}` });
  return new Response(body, {
    headers: {
      "Content-Type": "application/json",
      "Content-Length": String(body.length),
      "X-RateLimit-Limit": "1000000",
      "X-RateLimit-Remaining": "999999",
      "X-RateLimit-Reset": String(Math.ceil(Date.now() / 1000) + 60),
    },
  });
}

export default {
  fetch: (request) => clickUpAnswer(request.url, request.headers.get("Authorization")),
} satisfies ExportedHandler;
