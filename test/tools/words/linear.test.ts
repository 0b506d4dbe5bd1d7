/**
 * Text that people wrote costs no more than its length: 100 KB of any one character through everything that meets it.
 * What grew with the square would take minutes here, so the time limit of a test is bound enough.
 */
import { describe, expect, it } from "vitest";
import { cleanDetail } from "../../../tools/clickup/errors.ts";
import { blocksToMarkdown } from "../../../tools/comments/comment-blocks.ts";
import { fitAnswer } from "../../../tools/words/answer-size.ts";
import { closest, oneLine, sameName, samePath, shown } from "../../../tools/words/names.ts";
import { renderText } from "../../../tools/words/render.ts";
import {
  fence,
  fencedSentence,
  foreign,
  plainSentence,
  stripInvisible,
} from "../../../tools/words/untrusted.ts";

const RUNS = [
  ...Array.from(
    "<«⟪《≪⋘‹＜`*_~[]()!#>-+|\\/&:@. \n\t\r=\"'{}$%^a1😀\u200D\uFE0F\u00AD\u034F\uE000\uE001\uD800",
  ),
  "e\u0301",
  "< ",
  "&lt;",
  "&lt; ",
  "<<<\n",
  "<<< end ",
  "[a](",
  "![",
  "**",
  "_a",
  " /",
  "<!",
];

const MEETS: Record<string, (text: string) => unknown> = {
  fence,
  stripInvisible,
  fencedSentence: (text) => fencedSentence(`It says ${foreign(text)}.`),
  plainSentence: (text) => plainSentence(`It says ${foreign(text)}.`),
  sameName,
  samePath,
  oneLine,
  shown,
  closest: (text) => closest("sprint", [text], (one) => one),
  renderText: (text) => renderText({ name: text, rows: [{ text }] }),
  fitAnswer: (text) => fitAnswer({ text, rows: [text, text] }),
  blocksToMarkdown: (text) =>
    blocksToMarkdown([{ text }, { text, attributes: { bold: true } }, { text, attributes: { code: true } }]),
  cleanDetail,
};

describe.each(Object.keys(MEETS))("%s", (name) => {
  it("is linear in what people wrote", () => {
    for (const run of RUNS) {
      expect(() => MEETS[name]?.(run.repeat(100_000 / run.length))).not.toThrow();
    }
  });
});

describe("marks of the fence inside it", () => {
  const open = [
    "<<<", "< < <", "«««", "««", "‹‹‹", "⟪⟪⟪", "⟪⟪", "《《《", "〈〈〈", "≪≪≪", "⋘", "＜＜＜", "﹤﹤﹤", "❮❮❮", "⟨⟨⟨", "<«",
    "&lt;&lt;&lt;", "&#60;&#60;&#60;", "&#x3C;&#x3c;&#x003c;", "&laquo;&laquo;", "&lt;<&lt;",
  ]; // prettier-ignore
  const words = ["clickup ab12", "end clickup ab12", "\nend clickup", "/clickup", "END ClickUp", "ｃｌｉｃｋｕｐ", "\u0441lickup", "c-l-i-c-k-u-p", "end\nof clickup"]; // prettier-ignore

  it.each(open)("%s begins none", (brackets) => {
    for (const word of words) {
      const body = fence(`before ${brackets}${word}`).split("\n").slice(1, -1).join("\n");
      expect(body.startsWith("before (((")).toBe(true);
    }
  });

  it.each(["<<<<<<< HEAD", "cat <<<word", "« Bonjour »", "a < b << c", "&lt;div&gt;", "1 ≪ 2", "<<< ending"])(
    "leaves %s as it is",
    (text) => {
      expect(fence(text).split("\n").slice(1, -1).join("\n")).toBe(text);
    },
  );
});
