/** ClickApps of a Space: their names, and the body that switches some without touching the others. */
import type { Asked } from "../words/asked.ts";
import type { FeatureSettings, SpaceRecord } from "../clickup/hierarchy.ts";
import type { SpaceBody } from "../clickup/places-write.ts";
import { UserInputError } from "../words/errors.ts";
import { closest, sameName, shown } from "../words/names.ts";
import type { Change } from "../shapes.ts";

/** ClickApps that ClickUp describes for POST and PUT of a Space, with their switches. */
const DESCRIBED: Record<string, readonly string[]> = {
  due_dates: ["enabled", "start_date", "remap_due_dates", "remap_closed_due_date"],
  time_tracking: ["enabled"],
  tags: ["enabled"],
  time_estimates: ["enabled"],
  checklists: ["enabled"],
  custom_fields: ["enabled"],
  remap_dependencies: ["enabled"],
  dependency_warning: ["enabled"],
  portfolios: ["enabled"],
};
/** Others that Spaces show; whether they can be switched is seen in the answer. */
const SHOWN = [
  "priorities",
  "points",
  "sprints",
  "milestones",
  "emails",
  "custom_items",
  "zoom",
  "check_unresolved",
  "status_pies",
];
/** A field of the Space itself, which people know as a ClickApp too. */
const MULTIPLE_ASSIGNEES = "multiple_assignees";

/**
 * The ClickApp a word means: any that ClickUp has, whether or not the Space lists it (a Space lists only what was ever
 * set). Throws UserInputError.
 */
export function featureName(word: string, argument: string): string {
  const wanted = sameName(word).replaceAll(/[\s-]+/g, "_");
  const known = [MULTIPLE_ASSIGNEES, ...Object.keys(DESCRIBED), ...SHOWN];
  if (known.includes(wanted)) {
    return wanted;
  }
  const near = closest(wanted, known, (one) => one, 1).map((one) => ` Nearest: "${one}".`);
  throw new UserInputError(
    `${argument}: no feature "${shown(word, 40)}".${near.join("")} Features: ${known.join(", ")}.`,
    { argument },
  );
}

/**
 * Body that sets `enabled` of the named ClickApps. On update the other described ones travel along as they
 * are, in case ClickUp takes what is missing for "off".
 */
export function featuresBody(
  wanted: Record<string, boolean>,
  current: FeatureSettings | undefined,
): Pick<SpaceBody, "features" | "multiple_assignees"> {
  const { [MULTIPLE_ASSIGNEES]: multiple, ...apps } = wanted;
  const kept = current === undefined || Object.keys(apps).length === 0 ? {} : describedOf(current);
  const features = { ...kept };
  for (const [name, enabled] of Object.entries(apps)) {
    features[name] = { ...features[name], enabled };
  }
  return {
    ...(Object.keys(features).length === 0 ? {} : { features }),
    ...(multiple === undefined ? {} : { multiple_assignees: multiple }),
  };
}

function describedOf(current: FeatureSettings): FeatureSettings {
  const kept = Object.entries(DESCRIBED).flatMap(([name, switches]) => {
    const held = Object.entries(current[name] ?? {}).filter(([one]) => switches.includes(one));
    return held.length === 0 ? [] : [[name, Object.fromEntries(held)] as const];
  });
  return Object.fromEntries(kept);
}

/** What the answer must show for each ClickApp that was named. */
export function askedFeatures(wanted: Record<string, boolean>): Asked<SpaceRecord>[] {
  return Object.entries(wanted).map(([name, enabled]) => ({
    field: name,
    asked: onOff(enabled),
    read: (space) => {
      // A Space lists only what was ever set: what it does not list is off.
      const is = isOn(space, name) ?? false;
      return onOff(is);
    },
  }));
}

/** ClickApps that nobody asked to switch and that differ all the same. */
export function sideEffects(
  wanted: Record<string, boolean>,
  before: SpaceRecord,
  after: SpaceRecord,
): Change[] {
  const names = new Set([...Object.keys(before.settings), MULTIPLE_ASSIGNEES]);
  return [...names].flatMap((name) => {
    const was = isOn(before, name);
    const is = isOn(after, name);
    const asked = name in wanted;
    return asked || was === is || was === undefined || is === undefined
      ? []
      : [{ field: name, before: onOff(was), after: onOff(is) }];
  });
}

function isOn(space: SpaceRecord, name: string): boolean | undefined {
  return name === MULTIPLE_ASSIGNEES ? space.multipleAssignees : space.settings[name]?.["enabled"];
}

function onOff(enabled: boolean): string {
  return enabled ? "on" : "off";
}
