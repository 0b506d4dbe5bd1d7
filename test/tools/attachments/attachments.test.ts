import { describe, expect, it } from "vitest";
import { attachmentUpload } from "../../../tools/attachments/tools.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { useWorld } from "../context.ts";

const { tasks, workspaces } = SANDBOX;
const premium = { tier: "premium" } as const;
const hello = Buffer.from("hello").toString("base64");

/** Serves files beside the sandbox; answers what was asked for. */
function serve(make: (request: Request) => Response): string[] {
  const api = globalThis.fetch;
  const seen: string[] = [];
  globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const request = new Request(input, init);
    if (new URL(request.url).hostname === "api.clickup.test") {
      return await api(request);
    }
    seen.push(request.url);
    return make(request);
  };
  return seen;
}

describe("clickup_attachment_upload", () => {
  const world = useWorld({ strict: true });
  const attached = (id = tasks.docs as string) => world().sandbox.state.data.tasks[id]?.attachments ?? [];

  it("uploads base64 for one call, with its media type", async () => {
    const w = world();
    const data = await w.ok(
      attachmentUpload,
      { task: tasks.docs, filename: "notes.md", data_base64: hello },
      w.context(premium),
    );
    expect(w.operations()).toEqual(["POST /v2/task/{task_id}/attachment"]);
    expect(data).toMatchObject({ task: tasks.docs, name: "notes.md", bytes: 5, type: "text/markdown" });
    expect(data["url"]).toContain("clickup-attachments.com");
    expect(attached()).toMatchObject([{ title: "notes.md", mimetype: "text/markdown", size_bytes: 5 }]);
    expect(w.touched).toContain(`task:${tasks.docs}`);
  });

  it.each([
    [`data:image/png;base64,${hello}`, "image/png"],
    [` ${hello.slice(0, 3)}\n${hello.slice(3)} `, "application/octet-stream"],
    [hello.replace(/=+$/, ""), "application/octet-stream"],
  ])("takes %j", async (data_base64, type) => {
    const w = world();
    const data = await w.ok(
      attachmentUpload,
      { task: "DEV-43", filename: "x.unknown", data_base64 },
      w.context(premium),
    );
    expect(data).toMatchObject({ bytes: 5, type });
  });

  it("fetches a URL itself and keeps its media type", async () => {
    const w = world();
    const seen = serve(() => new Response("a,b\n1,2", { headers: { "content-type": "text/csv" } }));
    const data = await w.ok(
      attachmentUpload,
      { task: tasks.docs, filename: "table.bin", url: "https://files.example.com/t" },
      w.context(premium),
    );
    expect(seen).toEqual(["https://files.example.com/t"]);
    expect(data).toMatchObject({ bytes: 7, type: "text/csv" });
  });

  it.each([
    [{ url: "http://files.example.com/a" }, "url: only https"],
    [{ url: "https://169.254.169.254/latest" }, "url: only public addresses"],
    [{ url: "https://localhost/x" }, "url: only public addresses"],
    [{ url: "https://files.example.com/a", data_base64: hello }, "one of data_base64 and url"],
    [{}, "one of data_base64 and url"],
    [{ data_base64: "no base64!" }, "not base64"],
    [{ data_base64: "A".repeat(34_952_600) }, "larger than 25 MB"],
    [{ data_base64: hello, filename: "../../etc/passwd" }, "filename: use a plain name"],
    [{ data_base64: hello, filename: "a\u202Egnp.exe" }, "filename: use a plain name"],
  ])("sends nothing for %s", async (args, message) => {
    const w = world();
    const seen = serve(() => new Response("x"));
    const text = await w.fails(
      attachmentUpload,
      { task: tasks.docs, filename: "a.txt", ...args },
      "user_error",
      w.context(premium),
    );
    expect(text).toContain(message);
    expect(seen).toEqual([]);
    expect(w.operations()).toEqual([]);
  });

  it("says what the other server answered", async () => {
    const w = world();
    serve(() => new Response("<html>secret</html>", { status: 404 }));
    const text = await w.fails(
      attachmentUpload,
      { task: tasks.docs, filename: "a.txt", url: "https://files.example.com/gone" },
      "user_error",
      w.context(premium),
    );
    expect(text).toBe("url: the server answered HTTP 404.");
  });

  it("attaches once for one idempotency_key and reports lost answers", async () => {
    const w = world();
    const args = { task: tasks.docs, filename: "a.txt", data_base64: hello, idempotency_key: "a-1" };
    await w.ok(attachmentUpload, args, w.context(premium));
    expect(await w.ok(attachmentUpload, args, w.context(premium))).toMatchObject({ replayed: true });
    expect(attached()).toHaveLength(1);
    w.sandbox.fault({ kind: "html", method: "POST", after_effect: true });
    const lost = { ...args, idempotency_key: "a-2" };
    const text = await w.fails(attachmentUpload, lost, "unknown_outcome", w.context(premium));
    expect(text).toContain("clickup_task_get with include attachments");
  });

  it("keeps to the granted workspaces", async () => {
    const w = world();
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    const args = { task: tasks.garden, filename: "a.txt", data_base64: hello };
    await w.fails(attachmentUpload, args, "refused_grant", narrowed);
    expect(attached(tasks.garden)).toEqual([]);
  });
});
