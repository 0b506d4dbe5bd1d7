import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TOOLS_PAGE, toolsPage } from "../../scripts/docs.ts";

test("docs/tools.md is what the catalog says (npm run docs)", async () => {
  expect(readFileSync(TOOLS_PAGE, "utf8")).toBe(await toolsPage());
});
