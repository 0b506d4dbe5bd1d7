/** Addresses of ClickUp's app on the activity page: the tools read them back as what they stand for. */
import { describe, expect, it } from "vitest";
import type { ActivityEvent } from "../../../objects/rpc/views.ts";
import { parseUrl } from "../../../tools/resolve/reference.ts";
import { clickUpLinks } from "../../../worker/pages/account/clickup-link.ts";

const ONE = [{ id: "9012345601", name: "One" }];
const TWO = [...ONE, { id: "9012345602", name: "Two" }];

function links(targets: string[], workspaces = ONE) {
  return clickUpLinks({ targets } as unknown as ActivityEvent, workspaces);
}

describe("links into ClickUp", () => {
  it.each([
    ["task:86c9x1a2b", "task", "86c9x1a2b"],
    ["list:901100001", "list", "901100001"],
    ["folder:901200001", "folder", "901200001"],
    ["space:901300001", "space", "901300001"],
    ["doc:8cjabc-123", "doc", "8cjabc-123"],
    ["workspace:9012345602", "workspace", "9012345602"],
  ])("%s", (target, kind, id) => {
    const [link] = links([target]);
    expect(link?.text).toBe(`${kind} ${id}`);
    expect(parseUrl(link?.url ?? "")).toMatchObject({ kind, id });
  });

  it("take the Workspace from the call, and stay text where nobody knows it", () => {
    expect(links(["list:1", "workspace:9012345602"], TWO)[0]?.url).toBe(
      "https://app.clickup.com/9012345602/v/li/1",
    );
    expect(links(["list:1"], TWO)).toEqual([{ text: "list 1", url: null }]);
    expect(links(["workspace:1", "workspace:2", "list:1"], TWO)[0]?.url).toBeNull();
  });

  it("lead to a page and a comment by what they hang on, and nowhere by themselves", () => {
    expect(links(["doc:8c-1", "page:8c-2"])[1]?.url).toBe(
      `https://app.clickup.com/${ONE[0]?.id}/v/dc/8c-1/8c-2`,
    );
    expect(links(["task:86abc", "comment:901"])[1]?.url).toBe("https://app.clickup.com/t/86abc?comment=901");
    expect(links(["page:8c-2", "comment:901", "field:x"]).map(({ url }) => url)).toEqual([null, null, null]);
  });

  it("are made of ids alone", () => {
    for (const target of ["task:../x", "task:a b", "task:", "list:1?x=y", "odd"])
      expect(links([target])[0]?.url).toBeNull();
  });
});
