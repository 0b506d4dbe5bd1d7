/** The ClickUp sandbox: ClickUp's REST API and authorize page as one stateful `fetch(Request)`, for tests and `npm start`. */
export { SANDBOX, SEED_NOW_MS } from "./facts.ts";
export { addTasks } from "./grow.ts";
export { issueCode } from "./oauth.ts";
export { routes } from "./routes/index.ts";
export type { ClickUpSandbox, ClickUpSandboxOptions, SandboxCall } from "./interface.ts";
export { createClickUpSandbox, TOKEN_OPERATION } from "./sandbox.ts";
export { optionUuid } from "./seed-fields.ts";
export type * from "./types.ts";
