/**
 * What the journal may keep of a call's arguments: which fields were given, and the values that are ids.
 * Names, texts and everything a person wrote stay out.
 */

/** Arguments that may hold an id of a ClickUp object. */
const ID_FIELDS = new Set([
  "task",
  "list",
  "to_list",
  "folder",
  "space",
  "workspace",
  "doc",
  "page",
  "parent",
  "parent_page",
  "entry",
  "field",
  "to",
  "waiting_on",
  "blocking",
  "reply_to",
]);

/** Ids in ClickUp's forms: numbers, custom task ids, task ids (from a digit on), doc ids, UUIDs. */
const ID_FORMS = [
  /^\d{1,20}$/,
  /^[A-Z][A-Z0-9]{0,15}-\d{1,10}$/,
  /^\d(?=[a-z0-9]*\d)[a-z0-9]{5,15}$/,
  /^\d[a-z0-9]{3,10}-\d{1,10}$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
];

const MOST_FIELDS = 50;

export interface RedactedArguments {
  fields: string[];
  ids: Record<string, string>;
}

/** Never throws: takes whatever the client sent. */
export function redactArguments(args: unknown): RedactedArguments {
  if (typeof args !== "object" || args === null || Array.isArray(args)) {
    return { fields: [], ids: {} };
  }
  // A field name of the client's own making could carry text.
  const entries = Object.entries(args)
    .filter(([name]) => /^[a-z][a-z_]{0,39}$/.test(name))
    .slice(0, MOST_FIELDS);
  const ids = entries.flatMap(([name, value]) => {
    const text = typeof value === "number" ? String(value) : value;
    const isId = ID_FIELDS.has(name) && typeof text === "string" && ID_FORMS.some((form) => form.test(text));
    return isId ? [[name, text] as const] : [];
  });
  return { fields: entries.map(([name]) => name), ids: Object.fromEntries(ids) };
}
