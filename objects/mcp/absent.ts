/**
 * What clients send for "nothing". Many serialize optional members as null, and some declare a capability as true or
 * null, where the schemas have an object or no member at all. It is read as absent, once, before anything else looks.
 * No member of MCP's own has null for a value; a tool's arguments are the tool's business (`tools/call/nothing.ts`).
 */

type Members = Record<string, unknown>;

const ENVELOPE_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
const ENVELOPE_CLIENT = "io.modelcontextprotocol/clientInfo";

/** Members whose own members are MCP's business too: text that is asked of the person, and what was chosen before. */
const READ_WITHIN: Readonly<Record<string, string>> = {
  "prompts/get": "arguments",
  "completion/complete": "context",
};

/** The message without such members; the same object where there are none. */
export function withoutNothing(message: unknown): unknown {
  if (!isObject(message)) return message;
  if (message["params"] === null) return without(message, "params");
  const read = change(change(message, "params", paramsOf), "result", withoutNulls);
  const member = READ_WITHIN[String(message["method"])];
  return member === undefined
    ? read
    : change(read, "params", (params) => change(params, member, withoutNulls));
}

function paramsOf(params: Members): Members {
  const kept = change(withoutNulls(params, ["capabilities"]), "_meta", (meta) =>
    change(
      change(withoutNulls(meta, [ENVELOPE_CAPABILITIES]), ENVELOPE_CLIENT, withoutNulls),
      ENVELOPE_CAPABILITIES,
      capabilitiesOf,
    ),
  );
  return change(change(kept, "clientInfo", withoutNulls), "capabilities", capabilitiesOf);
}

/** Of what a client can do only objects say something; `roots.listChanged` is the one flag. */
function capabilitiesOf(declared: Members): Members {
  const parts = Object.entries(declared).flatMap(([name, value]): [string, unknown][] => {
    if (isNothing(value)) return [];
    if (!isObject(value)) return [[name, value]];
    const said = Object.entries(value).filter(([flag, one]) =>
      name === "roots" && flag === "listChanged" ? one !== null : !isNothing(one),
    );
    return [[name, Object.fromEntries(said)]];
  });
  return Object.fromEntries(parts);
}

function isNothing(value: unknown): boolean {
  return value === null || typeof value === "boolean";
}

/** @param required members that must be there: null stands for an empty object */
function withoutNulls(members: Members, required: readonly string[] = []): Members {
  if (!Object.values(members).includes(null)) return members;
  const kept = Object.entries(members).flatMap(([name, value]): [string, unknown][] =>
    value !== null ? [[name, value]] : required.includes(name) ? [[name, {}]] : [],
  );
  return Object.fromEntries(kept);
}

/** With one member, if it is an object, as `to` makes it; the same object where that changes nothing. */
function change(members: Members, name: string, to: (member: Members) => Members): Members {
  const member = members[name];
  if (!isObject(member)) return members;
  const changed = to(member);
  return changed === member ? members : { ...members, [name]: changed };
}

function without(members: Members, name: string): Members {
  return Object.fromEntries(Object.entries(members).filter(([one]) => one !== name));
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
