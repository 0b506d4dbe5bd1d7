import type { SpaceFeatures, Status } from "./types.ts";

/** Statuses of a new Space. `prefix` begins their ids. */
export function defaultStatuses(prefix: string): Status[] {
  return statusSet(prefix, [
    ["to do", "open", "#87909e"],
    ["in progress", "custom", "#5f55ee"],
    ["complete", "closed", "#008844"],
  ]);
}

export function statusSet(prefix: string, rows: [string, Status["type"], string][]): Status[] {
  return rows.map(([status, type, color], orderindex) => ({
    id: `${prefix}_${orderindex}${status.replaceAll(/\W/g, "").slice(0, 6)}`,
    status,
    type,
    color,
    orderindex,
  }));
}

/** ClickApps of a new Space. */
export function defaultFeatures(): SpaceFeatures {
  return {
    due_dates: { enabled: true, start_date: true, remap_due_dates: false, remap_closed_due_date: false },
    sprints: { enabled: false },
    time_tracking: { enabled: true, harvest: false, rollup: false },
    points: { enabled: false },
    custom_items: { enabled: true },
    priorities: { enabled: true },
    tags: { enabled: true },
    time_estimates: { enabled: true, rollup: false, per_assignee: false },
    check_unresolved: { enabled: true, subtasks: true, checklists: true, comments: true },
    zoom: { enabled: false },
    milestones: { enabled: true },
    custom_fields: { enabled: true },
    remap_dependencies: { enabled: false },
    dependency_warning: { enabled: true },
    checklists: { enabled: true },
    status_pies: { enabled: false },
    multiple_assignees: { enabled: true },
    portfolios: { enabled: false },
    emails: { enabled: false },
  };
}
