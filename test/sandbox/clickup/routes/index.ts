import type { Route } from "../route.ts";
import { accountRoutes } from "./accounts.ts";
import { administrationRoutes } from "./administration.ts";
import { attachmentRoutes } from "./attachments.ts";
import { chatChannelRoutes } from "./chat-channels.ts";
import { chatMessageRoutes } from "./chat-messages.ts";
import { checklistRoutes } from "./checklists.ts";
import { commentRoutes } from "./comments.ts";
import { docRoutes } from "./docs.ts";
import { fieldRoutes } from "./fields.ts";
import { folderRoutes } from "./folders.ts";
import { goalRoutes } from "./goals.ts";
import { listRoutes } from "./lists.ts";
import { peopleRoutes } from "./people.ts";
import { spaceRoutes } from "./spaces.ts";
import { taskListRoutes } from "./task-lists.ts";
import { taskMoveRoutes } from "./task-move.ts";
import { taskRelationRoutes } from "./task-relations.ts";
import { taskRoutes } from "./tasks.ts";
import { taskTimeRoutes } from "./task-time.ts";
import { templateRoutes } from "./templates.ts";
import { timeEntryRoutes } from "./time-entries.ts";
import { viewRoutes } from "./views.ts";
import { webhookRoutes } from "./webhooks.ts";

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
  ...accountRoutes,
  ...viewRoutes,
  ...goalRoutes,
  ...webhookRoutes,
  ...chatChannelRoutes,
  ...chatMessageRoutes,
  ...templateRoutes,
  ...taskTimeRoutes,
  ...administrationRoutes,
];
