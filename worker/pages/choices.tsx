/** The choices for a device: access, Workspaces, tool sets, lifetime. The same on every page that has them. */
import type { Grant, Workspace } from "../../tools/define.ts";
import { AccessChoice, type Access } from "./access-choice.tsx";
import { LIFETIMES, TOOL_SET_NAMES, TOOL_SET_TEXTS, type Lifetime } from "./choice-texts.ts";

interface WorkspaceChoiceProps {
  workspaces: Workspace[];
  /** `null`: all. */
  chosen: string[] | null;
}

export function WorkspaceChoice({ workspaces, chosen }: WorkspaceChoiceProps) {
  return (
    <fieldset>
      <legend>Which Workspaces?</legend>
      <AllOrSome name="workspaces" all={chosen === null} allText="All, also those I join later" />
      <div class="ticks">
        {workspaces.map(({ id, name }) => (
          <label class="tick">
            <input type="checkbox" name="workspace" value={id} checked={chosen?.includes(id) ?? true} />
            <bdi>{name}</bdi>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function ToolSetChoice({ chosen }: { chosen: Grant["toolSets"] }) {
  return (
    <fieldset>
      <legend>Which tools?</legend>
      <AllOrSome name="tool_sets" all={chosen === null} allText="All" />
      <div class="ticks">
        {TOOL_SET_NAMES.map((set) => (
          <label class="tick">
            <input type="checkbox" name="tool_set" value={set} checked={chosen?.includes(set) ?? true} />
            <span>
              {TOOL_SET_TEXTS[set].name} <span class="note">{TOOL_SET_TEXTS[set].about}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** The ticks below are shown for "only some"; where a browser cannot hide them they only count then. */
function AllOrSome({ name, all, allText }: { name: string; all: boolean; allText: string }) {
  return (
    <div class="pick">
      <label>
        <input type="radio" name={name} value="all" checked={all} /> {allText}
      </label>
      <label>
        <input type="radio" name={name} value="some" checked={!all} /> Only some
      </label>
    </div>
  );
}

interface LifetimeChoiceProps {
  legend: string;
  options: readonly Lifetime[];
  chosen: Lifetime;
}

export function LifetimeChoice({ legend, options, chosen }: LifetimeChoiceProps) {
  return (
    <div class="group">
      <label class="field" for="lifetime">
        {legend}
      </label>
      <select id="lifetime" name="lifetime">
        {options.map((option) => (
          <option value={option} selected={option === chosen}>
            {LIFETIMES[option].label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A grant as a form: everything but the lifetime. */
export function GrantChoices(props: {
  access: Access | null;
  grant: Pick<Grant, "toolSets" | "workspaces">;
  /** `null`: not known yet. */
  workspaces: Workspace[] | null;
  legend: string;
}) {
  const { access, grant, workspaces, legend } = props;
  return (
    <>
      <AccessChoice legend={legend} chosen={access} />
      {workspaces !== null && workspaces.length > 0 ? (
        <WorkspaceChoice workspaces={workspaces} chosen={grant.workspaces} />
      ) : null}
      <ToolSetChoice chosen={grant.toolSets} />
    </>
  );
}
