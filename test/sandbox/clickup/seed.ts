import { seedComments, seedTimeEntries } from "./seed-activity.ts";
import { seedDocs } from "./seed-docs.ts";
import { seedFields } from "./seed-fields.ts";
import { seedPeople } from "./seed-people.ts";
import { seedPlaces } from "./seed-places.ts";
import { seedSpecialTasks } from "./seed-special.ts";
import { seedDependencies, seedGeneratedTasks } from "./seed-tasks.ts";
import { SANDBOX } from "./facts.ts";
import { SandboxState } from "./state.ts";

/** `full`: everything; `people`: users, Workspaces and places without tasks. */
export type Seed = "full" | "people";

/** A fresh state. Deterministic: the same `now_ms` gives the same ids, names and dates. */
export function seededState(now_ms: number, seed: Seed = "full"): SandboxState {
  const state = new SandboxState();
  seedPeople(state, now_ms);
  seedPlaces(state);
  seedFields(state, now_ms);
  if (seed === "people") return state;
  seedSpecialTasks(state, now_ms);
  // DEV-42 to DEV-48 are taken by the named tasks; the generated ones go on from 100.
  state.space(SANDBOX.spaces.product).custom_id_next = 100;
  seedGeneratedTasks(state, now_ms);
  seedDependencies(state, now_ms);
  seedComments(state, now_ms);
  seedTimeEntries(state, now_ms);
  seedDocs(state, now_ms);
  return state;
}
