import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommentBlock } from "../../../tools/clickup/comments.ts";
import { blocksToMarkdown } from "../../../tools/comments/comment-blocks.ts";
import { markdownToBlocks } from "../../../tools/comments/comment-markdown.ts";
import { mentionReader } from "../../../tools/comments/comment-mentions.ts";

const ME = { id: "1", username: "Alice Andersson" };
const MEMBERS = [
  { ...ME, email: "alice@northwind.test" },
  { id: "2", username: "Dan O'Neil", email: "dan@northwind.test" },
  { id: "3", username: "Carol Castañeda", email: "carol@northwind.test" },
  { id: "4", username: "Dan Brown", email: "d.brown+x@northwind.test" },
  { id: "5", username: "7of9 [Borg] \\o/" },
  { id: "6", username: "李雷" },
];
const read = mentionReader(MEMBERS, ME);
const parse = (markdown: string) => markdownToBlocks(markdown, read);
const plain = (text: string) => ({ text, attributes: {} });
const end = (attributes: Record<string, unknown> = {}) => ({ text: "\n", attributes });

/** What a person reads: text and mentions, without marks. */
function seen(blocks: readonly CommentBlock[]): string {
  return blocks
    .map((block) => (block.type === "tag" ? `⟦${block.user?.id ?? ""}⟧` : (block.text ?? "")))
    .join("");
}

describe("Markdown to comment blocks", () => {
  it("marks runs", () => {
    expect(parse("a **b** *c* _d_ __e__ ~~f~~ `g*` **_h_** ***i***")).toEqual([
      plain("a "),
      { text: "b", attributes: { bold: true } },
      plain(" "),
      { text: "c", attributes: { italic: true } },
      plain(" "),
      { text: "d", attributes: { italic: true } },
      plain(" "),
      { text: "e", attributes: { bold: true } },
      plain(" "),
      { text: "f", attributes: { strike: true } },
      plain(" "),
      { text: "g*", attributes: { code: true } },
      plain(" "),
      { text: "h", attributes: { bold: true, italic: true } },
      plain(" "),
      { text: "i", attributes: { bold: true, italic: true } },
    ]);
  });

  it("leaves alone what only looks like marks", () => {
    for (const text of [
      "snake_case_name and 2 * 3 * 4",
      "5 ** 2",
      "an unclosed **bold",
      "a ` tick",
      "[no](javascript:alert(1))",
      "[just brackets]",
      "https://x.test/a_b_c?q=_d_&e=f",
      "dan@northwind.test wrote",
      "~5 minutes",
    ]) {
      expect(parse(text)).toEqual([plain(text)]);
    }
    expect(seen(parse("see https://x.test/@alice."))).toBe("see https://x.test/@alice.");
    expect(seen(parse(String.raw`\@nobody \*x\* C:\dir`))).toBe(String.raw`@nobody *x* C:\dir`);
  });

  it("links", () => {
    expect(
      parse("[the **docs**](https://x.test/a_(b)) <https://y.test> ![pic](https://z.test/p.png)"),
    ).toEqual([
      { text: "the ", attributes: { link: "https://x.test/a_(b)" } },
      { text: "docs", attributes: { link: "https://x.test/a_(b)", bold: true } },
      plain(" "),
      { text: "https://y.test", attributes: { link: "https://y.test" } },
      plain(" "),
      { text: "pic", attributes: { link: "https://z.test/p.png" } },
    ]);
  });

  it("puts the marks of lines on the line feed", () => {
    expect(parse("# Plan\n- one\n  - two\n1. three\n- [x] four\n- [ ] five\n> six\nseven")).toEqual([
      { text: "Plan", attributes: { bold: true } },
      end(),
      plain("one"),
      end({ list: { list: "bullet" } }),
      plain("two"),
      end({ list: { list: "bullet" }, indent: 1 }),
      plain("three"),
      end({ list: { list: "ordered" } }),
      plain("four"),
      end({ list: { list: "checked" } }),
      plain("five"),
      end({ list: { list: "unchecked" } }),
      plain("six"),
      end({ blockquote: {} }),
      plain("seven"),
    ]);
    expect(parse("```ts\nconst a = **b**;\n\n@nobody\n```\nafter")).toEqual([
      plain("const a = **b**;"),
      end({ "code-block": { "code-block": "ts" } }),
      end({ "code-block": { "code-block": "ts" } }),
      plain("@nobody"),
      end({ "code-block": { "code-block": "ts" } }),
      plain("after"),
    ]);
  });

  it("finds mentions by name, first name, e-mail, id and me", () => {
    const who = (markdown: string) => parse(markdown).flatMap((block) => block.user?.id ?? []);
    expect(who("@Carol Castañeda, @carol and @me: ask @dan o'neil's team")).toEqual([3, 3, 1, 2]);
    expect(who("(@d.brown+x@northwind.test) @[Dan Brown] **@李雷** @[3]")).toEqual([4, 4, 6, 3]);
    expect(parse("hi @Carol.")).toEqual([
      plain("hi "),
      { text: "@Carol Castañeda", type: "tag", user: { id: 3, username: "Carol Castañeda" } },
      plain("."),
    ]);
  });

  it("refuses a mention nobody or two people answer to", () => {
    expect(() => parse("ping @Karol")).toThrow(/No member "Karol".*Nearest: "Carol Castañeda/);
    expect(() => parse("ping @dan")).toThrow(
      /2 members match "@dan": "Dan O'Neil <dan@northwind.test>" \(2\)/,
    );
    expect(() => parse("see @types/node")).toThrow(String.raw`a plain @ is written as \@`);
    expect(() => parse("@[Dan]")).toThrow("2 members match");
  });
});

describe("comment blocks to Markdown", () => {
  it("reads what ClickUp writes, in both of its forms", () => {
    const blocks: CommentBlock[] = [
      { type: "tag", text: "@Dan", user: { id: 2, username: "Dan O'Neil" } },
      { text: " see " },
      { text: "this", attributes: { bold: true, link: "https://x.test" } },
      { text: "\none", attributes: {} },
      { text: "\n", attributes: { list: "ordered" } },
      { text: "two", attributes: {} },
      { text: "\n", attributes: { list: { list: "ordered" } } },
      { text: "Title", attributes: { header: 2 } },
      { text: "\n", attributes: { header: 2 } },
      { text: "let a = `b`;\nlet c;\n", attributes: { "code-block": { "code-block": "plain" } } },
      { type: "emoticon", text: "U0001F60A", emoticon: { code: "1f60a" } },
      { type: "attachment", attachment: { title: "log.txt", url: "https://f.test/log.txt" } },
    ] as CommentBlock[];
    expect(blocksToMarkdown(blocks)).toBe(
      [
        "@Dan O'Neil see [**this**](https://x.test)",
        "1. one",
        "2. two",
        "## Title",
        "```",
        "let a = `b`;",
        "let c;",
        "```",
        "😊[log.txt](https://f.test/log.txt)",
      ].join("\n"),
    );
    expect(blocksToMarkdown([])).toBe("");
  });

  it("escapes text that would be read as marks", () => {
    const text = "# no\n- no\n1. no\n> no\n*no* _no_ `no` ~~no~~ [no](x) @no a_b 2 * 3 \\*";
    expect(seen(parse(blocksToMarkdown([{ text }])))).toBe(text);
    expect(blocksToMarkdown([{ text: "snake_case, 2 * 3 and a@b.test: fine!" }])).toBe(
      "snake_case, 2 * 3 and a@b.test: fine!",
    );
  });

  const runText = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc
      .array(
        fc.constantFrom(
          ..."*_`~[]()<>!@#\\ ab1.-+>\n".split(""),
          "**",
          "~~",
          "https://x.test/a",
          "```",
          "[ ] ",
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join("")),
  );
  const attributes = fc.record(
    {
      bold: fc.constant(true),
      italic: fc.constant(true),
      strike: fc.constant(true),
      code: fc.constant(true),
      link: fc.constantFrom("https://x.test/a", "https://y.test/(b)", "mailto:a@b.test"),
    },
    { requiredKeys: [] },
  );
  const lineEnd = fc
    .constantFrom(
      {},
      {},
      { list: { list: "bullet" } },
      { list: { list: "ordered" } },
      { list: { list: "checked" }, indent: 1 },
      { list: { list: "unchecked" } },
      { blockquote: {} },
      { "code-block": { "code-block": "plain" } },
      { "code-block": { "code-block": "ts" } },
      { header: 2 },
    )
    .map((marks) => end(marks));
  const mention = fc
    .constantFrom(...MEMBERS)
    .map((one) => ({ type: "tag", user: { id: Number(one.id), username: one.username } }));
  const block: fc.Arbitrary<CommentBlock> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ text: runText, attributes }) },
    { weight: 2, arbitrary: lineEnd },
    { weight: 1, arbitrary: mention },
  );

  /** Spaces around a line are Markdown's to drop where a mark begins or ends the line. */
  const lines = (text: string) =>
    text
      .replaceAll(/\r\n?/g, "\n")
      .split("\n")
      .map((line) => line.trim())
      .join("\n")
      .replace(/\n+$/, "");

  it("keeps text and mentions when it is read back (property)", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
        const markdown = blocksToMarkdown(blocks);
        expect(lines(seen(parse(markdown)))).toBe(lines(seen(blocks)));
      }),
      { numRuns: 3_000 },
    );
  });

  it("is stable from the first round on (property)", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
        const once = parse(blocksToMarkdown(blocks));
        expect(lines(seen(parse(blocksToMarkdown(once))))).toBe(lines(seen(once)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads any text as something, in bounded time", () => {
    fc.assert(
      fc.property(runText, (markdown) => {
        expect(Array.isArray(markdownToBlocks(markdown, () => undefined))).toBe(true);
      }),
    );
    const started = Date.now();
    for (const piece of ["*a ", "**a ", "`", "[", "_a", "~~a*b`", "![a](", "@a "]) {
      markdownToBlocks(piece.repeat(40_000 / piece.length), () => undefined);
    }
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
