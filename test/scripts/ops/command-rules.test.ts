/** The documentation's commands are found, each has a way to be run or a reason, and what needs an account says so. */
import { expect, test } from "vitest";
import {
  commands,
  elsewhere,
  ELSEWHERE,
  IN_THE_COPY,
  OF_AN_ACCOUNT,
  OF_THE_STACK,
  OTHER_STARTS,
  rank,
  scripts,
  SMOKE,
  WRANGLER,
} from "./command-rules.ts";
import { commandsOf } from "./documented-commands.ts";

test("in blocks, sentences and tables, with their marks", () => {
  const page = [
    "Run `npm test` **(account)** or `npm run x` and `worker/env.ts`.",
    "",
    "| what | command (account) |",
    "| --- | --- |",
    "| a | `npx wrangler tail` |",
    "",
    "```sh",
    "curl a \\",
    "  -d b  # (long)",
    "for A in 1 2; do",
    "  echo $A",
    "done",
    "```",
    "```json",
    "npm run not-a-command",
    "```",
  ].join("\n");
  expect(commandsOf("x.md", page).map(({ text, marks }) => [text, [...marks].join()])).toEqual([
    ["curl a \\\n  -d b", "long"],
    ["for A in 1 2; do\n  echo $A\ndone", ""],
    ["npm test", "account"],
    ["npm run x", ""],
    ["npx wrangler tail", "account"],
  ]);
});

test("each one is run here, or named with a reason that holds", () => {
  expect(commands.length).toBeGreaterThan(80);
  const run = [OF_THE_STACK, SMOKE, WRANGLER, IN_THE_COPY, OTHER_STARTS, ...OF_AN_ACCOUNT];
  const left = commands.filter((c) => !elsewhere(c) && !run.some((pattern) => pattern.test(c.text)));
  expect(left.map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
  for (const { command, because, holds } of ELSEWHERE) {
    expect([because, commands.some((c) => command.test(c.text))]).toEqual([because, true]);
    expect([because, holds?.() ?? true]).toEqual([because, true]);
  }
});

test("what reaches an account says so", () => {
  const unmarked = commands.filter(
    (c) => (WRANGLER.test(c.text) || rank(c) >= 0) && !/doctor/.test(c.text) && !c.marks.has("account"),
  );
  expect(unmarked.map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
});

test("what it says to other programs can be read: JSON, and our address", () => {
  for (const { text } of commands.filter(({ text: t }) => t.startsWith("code --add-mcp"))) {
    const json = JSON.parse(/'(.*)'/.exec(text)?.[1] ?? "") as { type: string; url: string };
    expect([json.type, /^URL$|\/mcp$/.test(json.url)]).toEqual(["http", true]);
  }
});

test("every script of package.json is in the documentation, or a part of one that is", () => {
  const named = commands.flatMap(({ text }) => /npm run ([\w:]+)/.exec(text)?.[1] ?? []);
  const without = Object.keys(scripts).filter((name) => !named.includes(name));
  expect(without.filter((name) => !["start", "test", "types"].includes(name))).toEqual([]);
});
