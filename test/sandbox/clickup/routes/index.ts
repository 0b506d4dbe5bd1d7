import type { Route } from "../route.ts";
import { attachmentRoutes } from "./attachments.ts";
import { checklistRoutes } from "./checklists.ts";
import { commentRoutes } from "./comments.ts";
import { docRoutes } from "./docs.ts";
import { fieldRoutes } from "./fields.ts";
import { folderRoutes } from "./folders.ts";
import { listRoutes } from "./lists.ts";
import { peopleRoutes } from "./people.ts";
import { spaceRoutes } from "./spaces.ts";
import { taskListRoutes } from "./task-lists.ts";
import { taskMoveRoutes } from "./task-move.ts";
import { taskRelationRoutes } from "./task-relations.ts";
import { taskRoutes } from "./tasks.ts";
import { timeEntryRoutes } from "./time-entries.ts";

/** Every operation the sandbox answers, besides the token exchange (oauth.ts), which needs no token. */
export const routes: Route[] = [
  ...peopleRoutes,
  ...spaceRoutes,
  ...folderRoutes,
  ...listRoutes,
  ...taskRoutes,
  ...taskListRoutes,
  ...taskMoveRoutes,
  ...taskRelationRoutes,
  ...fieldRoutes,
  ...commentRoutes,
  ...checklistRoutes,
  ...attachmentRoutes,
  ...timeEntryRoutes,
  ...docRoutes,
];
