import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TOOLS_PAGE, toolsPage } from "../../scripts/docs.ts";
import { ROOMS_PAGE, roomsPage } from "../../scripts/docs-rooms.ts";
import { ECONOMY_PAGE, economyPage } from "../../scripts/docs-economy.ts";

test("docs/tools.md is what the catalog says (npm run docs)", () => {
  expect(readFileSync(TOOLS_PAGE, "utf8")).toBe(toolsPage());
});

test("docs/economy.md is what is measured (npm run docs)", { timeout: 60_000 }, async () => {
  expect(readFileSync(ECONOMY_PAGE, "utf8")).toBe(await economyPage());
});

test("the drawings in docs/architecture.md are what the imports say (npm run docs)", () => {
  expect(readFileSync(ROOMS_PAGE, "utf8")).toBe(roomsPage());
});
