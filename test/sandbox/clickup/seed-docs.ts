import { SANDBOX } from "./facts.ts";
import type { SandboxState } from "./state.ts";
import type { Doc } from "./types.ts";

const DAY_MS = 86_400_000;
const { docs, pages, spaces, folders, lists, users, workspaces } = SANDBOX;

/** Docs with nested pages, on places of every kind, and enough of them for a second cursor page. */
export function seedDocs(state: SandboxState, now_ms: number): void {
  const addDoc = (id: string, name: string, parent: Doc["parent"], more: Partial<Doc> = {}) => {
    state.data.docs[id] = {
      id,
      team_id: workspaces.northwind,
      name,
      parent,
      public: true,
      creator: users.alice,
      date_created: now_ms - 90 * DAY_MS,
      date_updated: now_ms - 9 * DAY_MS,
      deleted: false,
      archived: false,
      ...more,
    };
  };
  const addPage = (
    id: string,
    doc_id: string,
    parent_page_id: string | null,
    name: string,
    content: string,
  ) => {
    const orderindex = Object.values(state.data.pages).filter(
      (page) => page.parent_page_id === parent_page_id,
    ).length;
    state.data.pages[id] = {
      id,
      doc_id,
      parent_page_id,
      name,
      sub_title: null,
      content,
      creator_id: users.alice,
      date_created: now_ms - 80 * DAY_MS,
      date_updated: now_ms - 9 * DAY_MS,
      orderindex,
    };
  };
  addDoc(docs.handbook, "Engineering handbook", { id: spaces.product, type: 4 });
  addPage(pages.welcome, docs.handbook, null, "Welcome", "# Welcome\n\nStart with **Deploying**.");
  addPage(pages.deploy, docs.handbook, pages.welcome, "Deploying", "## Steps\n\n1. build\n2. test\n3. ship");
  addPage(pages.rollback, docs.handbook, pages.deploy, "Rolling back", "Undo with `ship --previous`.");
  addPage(pages.style, docs.handbook, null, "Style", "- short names\n- small files");
  addDoc(docs.launchPlan, "Launch plan", { id: lists.launch, type: 6 }, { creator: users.carol });
  addPage(state.newDocId(), docs.launchPlan, null, "Timeline", "| week | goal |\n|---|---|\n| 1 | teaser |");
  const parents: Doc["parent"][] = [
    { id: workspaces.northwind, type: 12 },
    { id: workspaces.northwind, type: 7 },
    { id: folders.campaigns, type: 5 },
    { id: spaces.marketing, type: 4 },
  ];
  for (let n = 1; n <= 60; n++) {
    const id = state.newDocId();
    addDoc(id, `Meeting notes ${n}`, parents[n % parents.length] ?? { id: workspaces.northwind, type: 12 }, {
      archived: n % 20 === 0,
    });
    addPage(state.newDocId(), id, null, `Notes ${n}`, `Decision ${n}: go on.`);
  }
}
