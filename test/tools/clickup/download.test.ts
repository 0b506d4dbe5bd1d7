import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { DownloadError, downloadFile } from "../../../tools/clickup/download.ts";
import { isPublicHost, judgeAddress } from "../../../tools/clickup/public-address.ts";

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

function answer(make: (request: Request) => Response | Promise<Response>): Request[] {
  const seen: Request[] = [];
  globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const request = new Request(input, init);
    seen.push(request);
    return await make(request);
  };
  return seen;
}

const get = async (url: string, most_bytes = 1_000, timeout_ms = 1_000) =>
  await downloadFile(url, { most_bytes, signal: new AbortController().signal, timeout_ms });

describe("which addresses are public", () => {
  it.each([
    "https://localhost/x",
    "https://LOCALHOST./x",
    "https://app.localhost/x",
    "https://printer.local/x",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://router.lan/",
    "https://1.168.192.in-addr.arpa/",
    "https://intranet/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://127.0.0.1./",
    "https://①②⑦.0.0.1/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://192.0.0.192/",
    "https://198.18.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fc00::1]/",
    "https://[ff02::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[2001:db8::1]/",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "data:text/plain,hi",
    "https://user:pass@example.com/",
    "https://user@example.com/",
    "https://example.com:8443/",
    "https://example..com/",
    "not a url",
    "",
  ])("refuses %s", (url) => {
    expect(judgeAddress(url).ok).toBe(false);
  });

  it.each([
    "https://files.example.com/a.png",
    "https://example.com:443/",
    "https://8.8.8.8/",
    "https://172.32.0.1/",
    "https://100.128.0.1/",
    "https://[2606:4700::1111]/",
    "https://münchen.example/",
    "https://localhost.example.com/",
  ])("takes %s", (url) => {
    expect(judgeAddress(url)).toMatchObject({ ok: true });
  });

  it("judges every IPv4 address as the ranges say, in each notation (property)", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xff_ff_ff_ff }), (address) => {
        const [a, b] = [address >>> 24, (address >>> 16) & 255];
        const local =
          a === 0 ||
          a === 10 ||
          a === 127 ||
          a >= 224 ||
          (a === 192 && b === 168) ||
          (a === 169 && b === 254);
        const hosts = [String(address), `0x${address.toString(16)}`].map(
          (form) => new URL(`https://${form}/`).hostname,
        );
        expect(new Set(hosts).size).toBe(1);
        expect(!local || !isPublicHost(hosts[0] ?? "")).toBe(true);
        const mapped = new URL(`https://[::ffff:${a}.${b}.1.1]/`).hostname;
        expect(isPublicHost(mapped)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe("downloadFile", () => {
  it("sends nothing of ours and keeps the media type", async () => {
    const seen = answer(() => new Response("hello", { headers: { "content-type": "Image/PNG; charset=x" } }));
    const file = await get("https://files.example.com/a.png");
    expect(new TextDecoder().decode(file.bytes)).toBe("hello");
    expect(file.type).toBe("image/png");
    expect(seen.map((request) => [request.method, request.redirect])).toEqual([["GET", "manual"]]);
    expect([...(seen[0]?.headers.keys() ?? [])]).toEqual(["accept"]);
    answer(() => new Response("x", { headers: { "content-type": "nonsense" } }));
    expect((await get("https://files.example.com/a")).type).toBeUndefined();
  });

  it("follows three redirects, checking each", async () => {
    const hops = ["/1", "https://b.example.com/2", "//c.example.com/3"];
    const seen = answer((request) => {
      const hop = hops[seen.length - 1];
      return hop === undefined
        ? new Response(`from ${request.url}`)
        : new Response(null, { status: 302, headers: { location: hop } });
    });
    const file = await get("https://a.example.com/0");
    expect(new TextDecoder().decode(file.bytes)).toBe("from https://c.example.com/3");
    expect(seen).toHaveLength(4);
    hops.push("/4");
    seen.splice(0);
    await expect(get("https://a.example.com/0")).rejects.toThrow("redirects more than 3 times");
    expect(seen).toHaveLength(4);
  });

  it.each([
    ["http://files.example.com/", "only https"],
    ["https://169.254.169.254/latest/", "only public addresses"],
    ["https://[::ffff:10.0.0.1]/", "only public addresses"],
    ["https://a:b@files.example.com/", "user name or password"],
    ["https://", "redirects to nowhere"],
  ])("refuses a redirect to %s", async (location, message) => {
    const seen = answer(() => new Response(null, { status: 307, headers: { location } }));
    await expect(get("https://a.example.com/")).rejects.toThrow(message);
    expect(seen).toHaveLength(1);
  });

  it("never asks an address that is refused", async () => {
    const seen = answer(() => new Response("secret"));
    await expect(get("https://10.0.0.1/")).rejects.toBeInstanceOf(DownloadError);
    expect(seen).toEqual([]);
  });

  it("stops reading at the limit, whatever the header says", async () => {
    let pulled = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(400));
        },
      });
    answer(() => new Response(endless()));
    await expect(get("https://a.example.com/")).rejects.toThrow("larger than");
    expect(pulled).toBeLessThan(10);
    answer(() => new Response(endless(), { headers: { "content-length": "1001" } }));
    await expect(get("https://a.example.com/")).rejects.toThrow("larger than");
    answer(() => new Response(new Uint8Array(1_000)));
    expect((await get("https://a.example.com/")).bytes.byteLength).toBe(1_000);
  });

  it("says what went wrong without quoting the server", async () => {
    answer(() => new Response("<html>private page</html>", { status: 403 }));
    await expect(get("https://a.example.com/")).rejects.toThrow(/^the server answered HTTP 403$/);
    answer(() => Promise.reject(new TypeError("getaddrinfo ENOTFOUND internal-host")));
    await expect(get("https://a.example.com/")).rejects.toThrow(/^the connection to the server failed$/);
    answer(() => new Promise(() => undefined));
    await expect(get("https://a.example.com/", 10, 20)).rejects.toThrow("did not answer in time");
    const leaving = new AbortController();
    const waiting = downloadFile("https://a.example.com/", { most_bytes: 10, signal: leaving.signal });
    leaving.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
  });
});
