import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { commentsOf, namedPaths } from "./named-paths.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const NOT_SEARCHED = /^(node_modules|dist|\.git|\.wrangler|coverage)$/;
/** Made on the reader's side, other people's, or a pattern of names. */
const NOT_OURS =
  /(^|\/)node_modules\/|^(testvectors_v1|vite)\/|\/USERID\/|(^|\/)NNNN(-name)?\.sql$|^\/\.cursor\/|^key-fingerprints\.json$/;

const below = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
const everything = readdirSync(ROOT, { withFileTypes: true })
  .filter(({ name }) => !NOT_SEARCHED.test(name))
  .flatMap((entry) => (entry.isDirectory() ? [entry.name, ...below(entry.name)] : [entry.name]));
const paths = new Set(everything);
const names = new Set(everything.map((path) => basename(path)));
const isThere = (from: string, path: string): boolean =>
  paths.has(path) || paths.has(normalize(join(dirname(from), path)));

/** The log of changes tells of what was. */
const pages = everything.filter((path) => path.endsWith(".md") && path !== "CHANGELOG.md");
const sources = everything.filter((path) => /\.tsx?$/.test(path) && path !== "worker-configuration.d.ts");

function missing(from: string, text: string): string[] {
  const named = namedPaths(text);
  return [
    ...named.files.filter((path) => !isThere(from, path)),
    ...named.bare.filter((name) => !names.has(name)),
    ...named.folders.filter((path) => !paths.has(path.replace(/\/$/, ""))),
  ]
    .filter((path) => !NOT_OURS.test(path))
    .map((path) => `${from}: ${path}`);
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

test("every path that a page names is there", () => {
  expect(pages).toEqual(expect.arrayContaining(["AGENTS.md", "README.md", "docs/architecture.md"]));
  expect(pages.flatMap((page) => missing(page, read(page)))).toEqual([]);
});

test("every path that a comment names is there", () => {
  expect(sources.length).toBeGreaterThan(500);
  expect(sources.flatMap((source) => missing(source, commentsOf(read(source))))).toEqual([]);
});

test("a path that is not there is found, by its folder, its name alone, and as a folder", () => {
  const gone = "See tools/gone/at-all.ts, `never-was.ts` and `tools/gone/`; not https://example.com/a/b.md.";
  expect(missing("README.md", gone)).toEqual(
    ["tools/gone/at-all.ts", "never-was.ts", "tools/gone/"].map((path) => `README.md: ${path}`),
  );
});
