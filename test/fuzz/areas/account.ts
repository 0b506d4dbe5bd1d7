/** The account page's forms, links and files, with a session, without one, and with a form token that is none. */
import fc from "fast-check";
import type { Case } from "../case.ts";
import { encode, formOf, mostly, strangeText } from "../strange.ts";

const cookie = fc.constantFrom(
  "{{cookie}}",
  "{{cookie}}",
  "{{cookie}}",
  "",
  "__Host-clickup-mcp-session=a.b.c",
);
const device = fc.oneof(
  fc.constantFrom("{{device}}", "d_aaaaaaaaaaaaaaaaaaaaaaaaaa"),
  strangeText.map((text) => encodeURIComponent(text.toWellFormed())),
);

/** Not the ones that end the session for good: they are tried rarely. */
const FORMS = [
  "/account/tokens",
  "/account/settings/preferences",
  "/account/settings/token",
  "/account/settings/connect",
  "/account/plan/checkout",
  "/account/plan/portal",
  "/account/delete",
];
const ENDING = [
  "/account/devices/stop-all",
  "/account/settings/remove-credential",
  "/account/settings/sign-out-everywhere",
  "/auth/logout",
];

const post = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...FORMS) },
      { weight: 1, arbitrary: fc.constantFrom(...ENDING) },
      {
        weight: 4,
        arbitrary: fc
          .tuple(device, fc.constantFrom("", "/stop"))
          .map(([id, end]) => `/account/devices/${id}${end}`),
      },
    ),
    formOf({
      form_token: mostly("{{form}}", "{{form}}", "{{form}}", "x"),
      name: strangeText,
      device_id: mostly("d_aaaaaaaaaaaaaaaaaaaaaaaaab", "d_x"),
      access: mostly("read", "write"),
      lifetime: mostly("1d", "30d", "until", "standard"),
      tool_sets: mostly("all", "some"),
      tool_set: mostly("tasks", "docs", "none"),
      workspaces: mostly("all", "some"),
      workspace: mostly("9012345601", "9012345603"),
      time_zone: mostly("Europe/Berlin", "Mars/Olympus"),
      default_workspace: mostly("9012345601", ""),
      api_key: mostly("{{token}}", "pk_1_x"),
      interval: mostly("month", "year", "day"),
      confirm: mostly("no", "{{user}}"),
      flow: mostly("subscription_cancel"),
    }),
    cookie,
    fc.constantFrom("null", "https://mcp.test", "https://evil.example"),
    fc.constantFrom(
      "application/x-www-form-urlencoded",
      "application/x-www-form-urlencoded",
      "application/json",
      "multipart/form-data; boundary=x",
    ),
    fc.option(fc.constantFrom("500", "html", "reset"), { freq: 6, nil: undefined }),
  )
  .map(([path, body, who, origin, type, fault]): Case => ({
    method: "POST",
    path,
    headers: [
      ["Content-Type", type],
      ["Accept", "text/html"],
      ["Origin", origin],
      ["Cookie", who],
    ],
    body,
    ...(fault === undefined ? {} : { fault }),
  }));

const get = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        "/account",
        "/account/tokens",
        "/account/activity",
        "/account/activity/export",
        "/account/settings",
        "/account/data",
        "/account/delete",
        "/auth/logout",
        "/auth/login",
        "/account/plan",
        "/billing/success",
        "/billing/cancel",
      ),
      device.map((id) => `/account/devices/${id}`),
      device.map((id) => `/account/plan/${id}`),
    ),
    fc.array(
      fc.tuple(
        mostly("device", "tool", "before", "format", "for", "next", "session_id", "year"),
        fc.oneof(
          mostly("json", "csv", "{{device}}", "clickup_task_get", "1000~x", "-1~", "account"),
          strangeText,
        ),
      ),
      { maxLength: 3 },
    ),
    cookie,
    fc.constantFrom("GET", "GET", "HEAD", "PUT"),
  )
  .map(([path, query, who, method]): Case => ({
    method,
    path: query.length === 0 ? path : `${path}?${encode(query)}`,
    headers: [
      ["Accept", "text/html"],
      ["Cookie", who],
    ],
  }));

export const account: fc.Arbitrary<Case> = fc.oneof(post, get);
