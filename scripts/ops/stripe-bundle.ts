/**
 * Writes the entry of Stripe's SDK that a deployment is bundled with: the SDK's own class, made from the installed
 * version, without the resources that billing does not use (worker/billing/stripe-parts.ts). wrangler runs this before
 * it bundles (`build` in wrangler.jsonc) and takes the file for "stripe" (`alias`). A part left out says so when touched.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { STRIPE_PARTS } from "../../worker/billing/stripe-parts.ts";

const ROOT = join(import.meta.dirname, "../..");
const SDK = join(ROOT, "node_modules/stripe/esm");
/** As `alias` in wrangler.jsonc names it. */
const ENTRY = join(ROOT, ".wrangler/stripe/index.js");

/** `import { A, B, } from './x.js';` and `import * as a from './x.js';`, each on a line of its own. */
const IMPORT = /^import (?:\{ ([\w, ]+?),? \}|\* as (\w+)) from '\.\/([\w./]+)';$/gm;

/**
 * @param core text of the SDK's `stripe.core.js`
 * @param sdk where the SDK's files are, as the result imports them
 * @param parts properties of the client that are kept
 * @returns the same module with every other resource left out
 * @throws Error when the SDK is laid out in another way than this knows
 */
export function keepParts(core: string, sdk: string, parts: readonly string[]): string {
  const classes = new Map(
    [...core.matchAll(/^ {8}this\.(\w+) = new (\w+)\(this\);$/gm)].map(([, part, name]) => [part, name]),
  );
  const unknown = parts.filter((part) => !classes.has(part));
  if (unknown.length > 0) throw new Error(`Stripe's client has no ${unknown.join(", ")}.`);
  const kept = new Set(parts.map((part) => classes.get(part)));
  let found = 0;
  const module = core.replace(
    IMPORT,
    (line, names: string | undefined, all: string | undefined, path: string) => {
      found += 1;
      if (!path.startsWith("resources") || (names !== undefined && kept.has(names)))
        return line.replace("./", `${sdk}/`);
      return (names ?? all ?? "")
        .split(", ")
        .map((name) => `const ${name} = leftOut("${name}");`)
        .join("\n");
    },
  );
  if (found !== [...core.matchAll(/^import /gm)].length)
    throw new Error("Stripe's SDK is laid out in another way than scripts/ops/stripe-bundle.ts knows.");
  return `${module.replace(/^\/\/# sourceMappingURL=.*$/m, "")}\n${LEFT_OUT}`;
}

const LEFT_OUT = `
function leftOut(name) {
  return class {
    constructor() {
      return new Proxy(this, {
        get(target, key) {
          if (typeof key === "symbol") return target[key];
          throw new Error("Stripe's " + name + " is not in this bundle: worker/billing/stripe-parts.ts names what is.");
        },
      });
    }
  };
}
`;

/** The SDK's entry for Workers, with the class above instead of its own. */
function entry(sdk: string): string {
  const original = readFileSync(join(SDK, "stripe.esm.worker.js"), "utf8");
  const lines = original.replace(/^\/\/# sourceMappingURL=.*$/m, "").replaceAll("'./", `'${sdk}/`);
  const ours = lines.replace(`'${sdk}/stripe.core.js'`, "'./core.js'");
  if (ours === lines) throw new Error("Stripe's entry for Workers does not import stripe.core.js.");
  return ours;
}

/** Builds that run at the same time write the same text; none sees half of it. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}

if (import.meta.main) {
  const sdk = relative(dirname(ENTRY), SDK);
  const core = readFileSync(join(SDK, "stripe.core.js"), "utf8");
  write(join(dirname(ENTRY), "core.js"), keepParts(core, sdk, STRIPE_PARTS));
  write(ENTRY, entry(sdk));
}
