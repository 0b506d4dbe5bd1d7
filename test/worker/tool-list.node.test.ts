/** The bytes of `tools/list`, kept or made anew: each answer has its own id and its own list. */
import { describe, expect, test } from "vitest";
import type { ToolListKey } from "../../objects/rpc/user.ts";
import { preparedToolList } from "../../tools/catalog.ts";
import { toolListAnswer } from "../../worker/tool-list.ts";

const LISTS: ToolListKey[] = [
  { tier: "free", grant: { access: "write", toolSets: null } },
  { tier: "premium", grant: { access: "write", toolSets: null } },
  { tier: "premium", grant: { access: "read", toolSets: ["docs"] } },
];
const IDS = [0, 1, "1", 7, -1, 1234, 12_345, "a", "é€", "0195f0a2-7b1c-7def-8123-4567890abcde"];

const asText = (id: string | number, key: ToolListKey): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(toolListAnswer(id, key));

describe("the answer of tools/list", () => {
  test("has the id and the list that were asked for, however often and in whatever order", () => {
    for (let round = 0; round < 3; round++) {
      for (const id of IDS) {
        for (const key of LISTS) {
          const { json } = preparedToolList(key.tier, key.grant);
          expect(asText(id, key)).toBe(
            `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":${json}}}`,
          );
        }
      }
    }
  });

  test("is kept for ids that are counted, some of them", () => {
    const [key] = LISTS;
    if (key === undefined) throw new Error("no list");
    expect(toolListAnswer(3, key)).toBe(toolListAnswer(3, key));
    expect(toolListAnswer(123_456, key)).not.toBe(toolListAnswer(123_456, key));
    const first = toolListAnswer(100, key);
    for (let id = 101; id < 125; id++) toolListAnswer(id, key);
    expect(toolListAnswer(100, key)).not.toBe(first);
  });
});
