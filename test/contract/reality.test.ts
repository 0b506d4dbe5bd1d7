/** Holds the sandbox's answers against recorded ones of ClickUp, where the recordings are at hand. */
import { describe, expect, it } from "vitest";
import { compareAll, notAsked } from "../lab/reality/compare.ts";
import { readErrors, readRecordings, recordingsAvailable } from "../lab/reality/recordings.ts";
import { differences, shapeOf } from "../lab/reality/shape.ts";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Recordings that nothing can be asked for, each with its reason. */
const NOT_ASKED: Record<string, string> = {
  "GetAccessToken.docs-example": "answered before there is a token; test/sandbox/oauth.test.ts",
  "createChatMessage.live-status": "a note of the status alone",
  "createChatReaction.request-form": "a note of the status alone",
  "createDocPublic.private-refused": "one account's plan",
  "createPagePublic.live-status": "a note of the status alone",
  "editPagePublic.live-status": "a note of the status alone",
  "getChatChannels.agent-creator-note": "a note on one value",
  "getChatChannels.shape": "from types, values unknown",
  "getChatMessageReactions.shape": "from types, values unknown",
  "getChatMessages.shape": "from types, values unknown",
  "getDocPageListingPublic.bare-array": "a note of the outermost form",
  "getDocPagesPublic.bare-array": "a note of the outermost form",
  "getDocPublic.live-note": "a note on one key",
  "moveTask.live-ok": "a note of the status alone",
  "searchDocsPublic.live-envelope": "a note of the outermost form",
};

describe.skipIf(!recordingsAvailable)(
  "the sandbox and recorded reality (needs ../shared/clickup-recorded or CLICKUP_RECORDED)",
  () => {
    it("answers as ClickUp did, field by field, but for what is explained", { timeout: 60_000 }, async () => {
      const reports = await compareAll(readRecordings());
      expect(reports.flatMap(({ name, open }) => open.map((line) => `${name}: ${line}`))).toEqual([]);
      expect(reports.length).toBeGreaterThan(100);
    });

    it("is asked for every recording, or says why not", () => {
      expect(notAsked(readRecordings()).map(({ name }) => name)).toEqual(Object.keys(NOT_ASKED));
    });

    it("uses no code that was only ever seen in mocks", () => {
      const invented = readErrors()
        .filter((row) => row.grade.startsWith("mock only"))
        .map((row) => row.ecode);
      const folder = join(import.meta.dirname, "../sandbox/clickup");
      const source = readdirSync(folder, { recursive: true })
        .filter((file) => String(file).endsWith(".ts"))
        .map((file) => readFileSync(join(folder, String(file)), "utf8"))
        .join("\n");
      expect(invented.filter((code) => source.includes(`"${code}"`))).toEqual([]);
    });
  },
);

describe("the comparison", () => {
  const found = (real: unknown, ours: unknown, keysOnly = false) =>
    differences(shapeOf(real), shapeOf(ours), { keysOnly });

  it.each([
    ["an absent key", { a: 1, b: 2 }, { a: 1 }, ["b: absent here"]],
    ["a key too many", { a: 1 }, { a: 1, b: 2 }, ["b: not at ClickUp"]],
    ["another type", { a: 1 }, { a: "1" }, ["a: number at ClickUp, string here"]],
    ["a null that never comes", { a: null }, { a: 1 }, ["a: may be null at ClickUp, never here"]],
    ["another nesting", { a: [{ b: 1 }] }, { a: [{ b: [1] }] }, ["a[].b: number at ClickUp, array here"]],
    [
      "a key that is there only sometimes",
      [{ a: 1 }],
      [{ a: 1 }, {}],
      ["[].a: always there at ClickUp, here only sometimes"],
    ],
  ])("sees %s", (_what, real, ours, lines) => {
    expect(found(real, ours)).toEqual(lines);
  });

  it("asks an example of the docs for its keys alone", () => {
    expect(found({ a: null, b: "x" }, { a: 1, b: 2, c: 3 }, true)).toEqual([]);
    expect(found({ a: 1 }, {}, true)).toEqual(["a: absent here"]);
  });
});
