/** Finding a place among many: the index answers what looking at every place answers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SpaceNode } from "../../../tools/resolve/hierarchy.ts";
import { pathEndsWith, sameName, samePath } from "../../../tools/words/names.ts";
import { match, placesOf, type KnownPlace, type PlaceKind } from "../../../tools/resolve/place.ts";

const name = fc.constantFrom("Backlog", "backlog ", "Sprint 1", "7", "Mobile/Web", "BACKLOG", "12");
const id = fc.constantFrom("1", "2", "7", "12", "99");
const lists = fc.array(fc.record({ id, name }), { maxLength: 4 });
const spaces: fc.Arbitrary<SpaceNode[]> = fc.array(
  fc.record({ id, name, lists, folders: fc.array(fc.record({ id, name, lists }), { maxLength: 3 }) }),
  { maxLength: 4 },
);
const kind = fc.constantFrom<PlaceKind>("space", "folder", "list");
const asked = fc.oneof(
  id,
  name,
  fc.constantFrom("backlog / sprint 1", "nowhere", "w/backlog", "Sprint 1 > 7"),
);

/** One place after the other: id, then whole name, then the end of the path. */
function lookedThrough(places: readonly KnownPlace[], value: string): KnownPlace[] {
  const byId = places.filter((one) => one.id === value);
  if (byId.length > 0) return byId;
  const byName = places.filter((one) => sameName(one.name) === sameName(value));
  if (byName.length > 0) return byName;
  const path = samePath(value);
  if (!path.includes("/")) return [];
  return places.filter((one) => pathEndsWith(samePath(`${one.workspaceName}/${one.path}`), path));
}

describe("match", () => {
  it("finds what looking through finds, the first time and later", () => {
    fc.assert(
      fc.property(spaces, kind, fc.array(asked, { minLength: 1, maxLength: 6 }), (tree, of, values) => {
        const hierarchy = { workspace: { id: "1", name: "W" }, spaces: tree };
        for (const value of values) {
          const places = placesOf(hierarchy, of);
          expect(match(places, value)).toEqual(lookedThrough([...places], value));
        }
      }),
    );
  });

  it("lists the places of a kept hierarchy once, under the name its Workspace has now", () => {
    const tree: SpaceNode[] = [{ id: "1", name: "Product", lists: [], folders: [] }];
    const before = placesOf({ workspace: { id: "1", name: "Old" }, spaces: tree }, "space");
    expect(placesOf({ workspace: { id: "1", name: "Old" }, spaces: tree }, "space")).toBe(before);
    expect(placesOf({ workspace: { id: "1", name: "New" }, spaces: tree }, "space")[0]?.workspaceName).toBe(
      "New",
    );
    expect(placesOf({ workspace: { id: "1", name: "Old" }, spaces: tree }, "list")).toEqual([]);
  });
});
