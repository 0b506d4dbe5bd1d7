/** What is taken from clients as they are, and what is not. */
import type { Mutant } from "./mutant.ts";

const RESOURCES = ["test/worker/oauth/resources.test.ts"];
const REGISTRATION = ["test/worker/oauth/registration.test.ts"];
const ABSENT = ["test/objects/mcp/absent.test.ts"];

export const CLIENT_MUTANTS: Mutant[] = [
  {
    name: "any-resource-is-ours",
    protects: "a token is given for an endpoint of ours, not for another server",
    file: "worker/oauth/endpoints.ts",
    find: "return folded === `${origin}/` || resourcesOf(origin).includes(folded);",
    replace: "return true;",
    tests: RESOURCES,
  },
  {
    name: "resource-by-its-start",
    protects: "an address that only begins like an endpoint of ours is not one",
    file: "worker/oauth/endpoints.ts",
    find: "resourcesOf(origin).includes(folded);",
    replace: "folded.startsWith(origin);",
    tests: RESOURCES,
  },
  {
    name: "one-document-for-all",
    protects: "the document of an endpoint names that endpoint (RFC 9728 section 3.3)",
    file: "worker/oauth/endpoints.ts",
    find: "return new Map(ENDPOINT_PATHS.map((path) => [METADATA_PATH + path, origin + path]));",
    replace: "return new Map(ENDPOINT_PATHS.map((path) => [METADATA_PATH + path, origin]));",
    tests: RESOURCES,
  },
  {
    name: "two-clients-taken",
    protects: "the client of the form is the one of HTTP Basic",
    file: "worker/oauth/token-request.ts",
    find: "if (named.length === 1 && named[0] === basicClientId(authorization))",
    replace: "if (basicClientId(authorization) !== undefined)",
    tests: REGISTRATION,
  },
  {
    name: "private-client-by-basic",
    protects: "a document inside a network is not fetched, however its client names itself",
    file: "worker/oauth/token-request.ts",
    find: '    basicClientId(authorization) ?? "",\n',
    replace: "",
    tests: REGISTRATION,
  },
  {
    name: "private-client-by-assertion",
    protects: "an assertion's issuer is a client's name too",
    file: "worker/oauth/token-request.ts",
    find: '    ...form.getAll("client_assertion").map(issuerOf),\n',
    replace: "",
    tests: REGISTRATION,
  },
  {
    name: "refused-redirects-registered",
    protects: "a registration's answer has the redirects that will be served, and no other",
    file: "worker/oauth/client-metadata.ts",
    find: '  keepOnly(metadata, "redirect_uris", mayBeServed);\n',
    replace: "",
    tests: REGISTRATION,
  },
  {
    name: "script-redirect-left-out",
    protects: "a client that lists a script as its redirect is refused as a whole",
    file: "worker/oauth/client-metadata.ts",
    find: "DANGEROUS.has(protocol) || ",
    replace: "",
    tests: REGISTRATION,
  },
  {
    name: "null-empties",
    protects: "null where an argument can be emptied is not read as anything",
    file: "tools/call/nothing.ts",
    find: "if (emptied?.arguments.includes(name) === true) {",
    replace: "if (false) {",
    tests: ["test/tools/call/nothing.test.ts"],
  },
  {
    name: "true-is-a-capability",
    protects: "a capability that is not an object is none",
    file: "objects/mcp/absent.ts",
    find: 'return value === null || typeof value === "boolean";',
    replace: "return value === null;",
    tests: ABSENT,
  },
  {
    name: "live-session-begun-again",
    protects: "initialize does not replace a session that is there",
    file: "objects/mcp/serve.ts",
    find: "const begins = initializes !== undefined && !(await isLive(request, caller, endpoint));",
    replace: "const begins = initializes !== undefined;",
    tests: ["test/objects/mcp/sessions.test.ts"],
  },
];
