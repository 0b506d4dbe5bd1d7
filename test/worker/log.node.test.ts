/** What is logged is for operators: no line carries what looks like a credential, wherever it came from. */
import { afterEach, expect, test, vi } from "vitest";
import { logEvent, logIncident } from "../../worker/log.ts";

afterEach(() => vi.restoreAllMocks());

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1X3gifQ.c2lnbmF0dXJl";
const SECRETS = [
  "pk_81000001_ABCDEFGHIJKLMNOPQRSTUVWXYZ123456",
  "sk_live_abcdefghijklmnop",
  "whsec_abcdefghijklmnop",
  JWT,
  "u_abcdefghijklmnopqrst:grant-1:secret-2",
];

test.each(SECRETS)("%s does not reach a log line", (secret) => {
  const lines: string[] = [];
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
  }
  logEvent("info", "request", { path: `/x/${secret}`, status: 200 });
  logEvent("warn", "flood", { path: `Bearer ${secret}` });
  logIncident(new Error(`token=${secret} was refused`), { during: secret });
  // A line break before it is two characters of the line's JSON.
  logEvent("info", "request", { path: `x\n${secret}` });
  logEvent("info", "request", { status: 200 }, JSON.stringify({ tool: secret, messages: 1 }));
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    expect(line).not.toContain(secret);
    expect(line).toContain("redacted");
  }
});
