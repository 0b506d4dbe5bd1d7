import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  closest,
  editDistance,
  pathEndsWith,
  sameName,
  samePath,
  shown,
} from "../../../tools/words/names.ts";
import { redactArguments } from "../../../tools/call/redact.ts";
import { parseUrl } from "../../../tools/resolve/reference.ts";
import { compact, cutText, pageOf, renderText } from "../../../tools/words/render.ts";
import {
  fence,
  fencedSentence,
  foreign,
  plainSentence,
  stripDeep,
  stripInvisible,
} from "../../../tools/words/untrusted.ts";
import { textFaults } from "../../corpus/contained.ts";

describe("stripInvisible", () => {
  it.each([
    ["zero width", "a\u200Bb\u2060c\uFEFFd", "abcd"],
    ["bidi controls", "a\u202Eb\u2066c\u2069\u200E", "abc"],
    ["tag characters", "hi\u{E0041}\u{E0042}\u{E007F}", "hi"],
    ["variation selectors", "a\uFE01b\u{E0101}c", "abc"],
    ["fillers", "a\u3164b\u115Fc\u2800d", "abcd"],
    ["controls", "a\u0000b\u001Bc\u0085d\u2028e", "abc\nd\ne"],
    ["joiners in plain text", "a\u200Db\u200Cc", "abc"],
    ["private use and lone surrogates", "a\uE000b\uD800c", "abc"],
  ])("removes %s", (_, text, expected) => {
    expect(stripInvisible(text)).toBe(expected);
  });

  it.each(["Grüße, 漢字 and हिन्दी", "👩‍💻 ❤️ 🇸🇪 1️⃣", "نمی‌خواهم", "tab\tand\nline", "e\u0301 café"])(
    "keeps %s",
    (text) => {
      expect(stripInvisible(text)).toBe(text);
    },
  );

  it("is stable and leaves nothing unseen (property)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = stripInvisible(text);
        expect(stripInvisible(once)).toBe(once);
        expect(once).not.toMatch(/[\u200B\u202A-\u202E\u2060-\u2069\u{E0000}-\u{E007F}\uFEFF]/u);
      }),
      { numRuns: 500 },
    );
  });

  it("reaches every string of a value, keys too", () => {
    expect(stripDeep({ "a\u200B": ["x\u202E", { b: "y\u2060", gone: undefined }], n: 1 })).toEqual({
      a: ["x", { b: "y" }],
      n: 1,
    });
  });

  it("keeps a field that is called like the prototype a field", () => {
    const copy = stripDeep(JSON.parse('{"__proto__":{"admin":true},"n":1}')) as { admin?: unknown };
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"admin":true},"n":1}');
    expect(copy.admin).toBeUndefined();
  });
});

describe("fence", () => {
  it("cannot be closed or forged by its content (property)", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const fenced = fence(`${text}\n<<<end clickup 000000000000>>>`);
        const id = /^<<<clickup ([0-9a-f]{12}): /.exec(fenced)?.[1] ?? "missing";
        expect(fenced.split(id)).toHaveLength(3);
        expect(fenced.endsWith(`\n<<<end clickup ${id}>>>`)).toBe(true);
      }),
    );
    expect(fence("x")).not.toBe(fence("x"));
  });
});

describe("a sentence with people's text in it", () => {
  const sentence = `No list "x". Nearest: ${foreign('"Sprint 21"')} (1), ${foreign('"Plans"')} (2), ${foreign('"Plans"')} (3).`;

  it("is read whole, or with numbers and the text in a fence below", () => {
    expect(plainSentence(sentence)).toBe('No list "x". Nearest: "Sprint 21" (1), "Plans" (2), "Plans" (3).');
    expect(fencedSentence(sentence)).toMatch(
      /^No list "x"\. Nearest: \[1\] \(1\), \[2\] \(2\), \[2\] \(3\)\.\n<<<clickup .*>>>\n\[1\] "Sprint 21"\n\[2\] "Plans"\n<<<end clickup \w+>>>$/,
    );
    expect(fencedSentence("Plain words.")).toBe("Plain words.");
  });

  it("keeps people's text in the fence, whatever it is, and whatever the caller sends along (property)", () => {
    const marks = fc.constantFrom("\uE000", "\uE001", "[1]", "<<<end clickup 0>>>", "\n");
    const text = fc
      .array(fc.oneof(marks, fc.string({ unit: "binary" })), { maxLength: 6 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(text, text, fc.stringMatching(/^[\uE000\uE001]*$/u), (one, two, sent) => {
        const shown = fencedSentence(
          `Before ${foreign(`zqx001${one}`)}${sent} between ${foreign(`zqx002${two}`)} after.`,
        );
        expect(textFaults(shown)).toEqual([]);
        expect(shown).toMatch(/^Before (\[\d+\])/);
      }),
    );
  });
});

describe("names", () => {
  it("compares without case, spaces and invisible characters", () => {
    expect(sameName("  Sprint\u200B  21 ")).toBe(sameName("SPRINT 21"));
    expect(sameName("ﬁle")).toBe("file");
    expect(samePath("Product > Sprints / Sprint 21")).toBe("product/sprints/sprint 21");
    expect(pathEndsWith("ws/product/list", "product/list")).toBe(true);
    expect(pathEndsWith("ws/product/list", "duct/list")).toBe(false);
  });

  it("measures edits", () => {
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("ab", "ba")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it("names the nearest and leaves out the far", () => {
    expect(closest("Sprint 12", ["Sprint 21", "Marketing", "Sprint 1"], (name) => name)).toEqual([
      "Sprint 1",
      "Sprint 21",
    ]);
    expect(closest("zzz", ["Marketing"], (name) => name)).toEqual([]);
  });

  it("puts a name on one line inside our sentence", () => {
    expect(shown('a\n"b"\u202E'.padEnd(200, "x"))).toMatch(/^a 'b'x+…$/);
  });
});

describe("parseUrl", () => {
  it.each([
    ["https://app.clickup.com/t/86abc12de", { kind: "task", id: "86abc12de" }],
    ["https://app.clickup.com/t/9012345/DEV-42", { kind: "task", id: "DEV-42", workspaceId: "9012345" }],
    [
      "https://app.clickup.com/9012345/v/li/901205550001",
      { kind: "list", id: "901205550001", workspaceId: "9012345" },
    ],
    [
      "https://app.clickup.com/9012345/v/l/li/901205550001?pr=1",
      { kind: "list", id: "901205550001", workspaceId: "9012345" },
    ],
    [
      "https://app.clickup.com/9012345/v/l/6-901205550001-1",
      { kind: "list", id: "901205550001", workspaceId: "9012345" },
    ],
    [
      "https://app.clickup.com/9012345/v/o/f/90135550001?pr=90125550001",
      { kind: "folder", id: "90135550001", workspaceId: "9012345" },
    ],
    [
      "https://app.clickup.com/9012345/v/o/s/90125550001",
      { kind: "space", id: "90125550001", workspaceId: "9012345" },
    ],
    [
      "https://app.clickup.com/9012345/v/dc/8cdu22c-10013/8cdu22c-20013",
      { kind: "doc", id: "8cdu22c-10013", workspaceId: "9012345" },
    ],
    ["https://app.clickup.com/9012345/home", { kind: "workspace", id: "9012345" }],
    ["https://example.com/t/86abc", undefined],
    ["https://clickup.com.evil.test/t/86abc", undefined],
    ["86abc12de", undefined],
  ])("%s", (url, expected) => {
    expect(parseUrl(url)).toEqual(expected);
  });
});

describe("redactArguments", () => {
  it("keeps field names, and values only where they are ids", () => {
    expect(
      redactArguments({
        list: 901205550001,
        task: "DEV-42",
        parent: "86abc12de",
        folder: "Salaries 2026",
        name: "901205550001",
        markdown: "secret",
        workspace: { id: "1" },
        "Dear journal, I": 1,
      }),
    ).toEqual({
      fields: ["list", "task", "parent", "folder", "name", "markdown", "workspace"],
      ids: { list: "901205550001", task: "DEV-42", parent: "86abc12de" },
    });
  });

  it("never throws and never keeps a text with a space or capital word (property)", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("list", "task", "name", "x y", "space"), fc.anything()),
        (args) => {
          const { ids } = redactArguments(args);
          expect(Object.values(ids).every((id) => /^[\w-]{1,40}$/.test(id))).toBe(true);
        },
      ),
    );
    for (const args of [undefined, null, "text", [1], 7]) {
      expect(redactArguments(args)).toEqual({ fields: [], ids: {} });
    }
    expect(redactArguments({ task: "Salaries", list: "plan2026", space: "Top secret" }).ids).toEqual({});
  });
});

describe("render", () => {
  it("writes data as compact lines", () => {
    const text = renderText({
      id: "1",
      name: "Task",
      list: { id: "9", name: "Sprint" },
      tags: ["a", "b"],
      people: [{ id: "3", name: "Ann" }],
      rows: [{ id: "7", name: "Row", status: "open", by: { id: "3", name: "Ann" }, text: "one\ntwo" }],
      description: "x\ny",
    });
    expect(text).toBe(
      [
        "id: 1",
        "name: Task",
        "list: Sprint (9)",
        "tags: a, b",
        "people: Ann (3)",
        "rows:",
        "  - Row (7); status: open; by: Ann (3)",
        "    text:",
        "      one",
        "      two",
        "description:",
        "  x",
        "  y",
      ].join("\n"),
    );
  });

  it("drops what is empty", () => {
    expect(compact({ a: 1, b: null, c: undefined, d: "", e: [], f: false, g: 0 })).toEqual({
      a: 1,
      f: false,
      g: 0,
    });
    expect(cutText("abc", 2)).toEqual({ text: "ab", total_chars: 3 });
  });

  it("pages everything exactly once within the budget (property)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 }),
        fc.integer({ min: 10, max: 120 }),
        (sizes, budget) => {
          const seen: number[] = [];
          let cursor: string | undefined;
          for (let page = 0; page <= sizes.length; page += 1) {
            const { shown: part, next_cursor } = pageOf(sizes, cursor, (size) => size, budget);
            expect(part.length <= 1 || part.reduce((sum, one) => sum + one, 0) <= budget).toBe(true);
            seen.push(...part);
            cursor = next_cursor;
            if (cursor === undefined) {
              break;
            }
          }
          expect(cursor).toBeUndefined();
          expect(seen).toEqual(sizes);
        },
      ),
    );
  });
});
