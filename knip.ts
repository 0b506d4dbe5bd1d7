/**
 * What nobody uses, for the gate: files, exports, types and packages. Run a second time with `--production`, it names
 * what of the product only tests use.
 */
import type { KnipConfig } from "knip";

const product: KnipConfig = {
  entry: ["worker/index.ts!", "scripts/*.ts!", "scripts/ops/*.ts!"],
  project: ["{worker,objects,tools,migrations,scripts}/**/*.{ts,tsx}!"],
  include: ["files", "exports", "types"],
  // A test may look at what is used in its own file.
  ignoreExportsUsedInFile: true,
};

const everything: KnipConfig = {
  // Tests and npm scripts are found by themselves. Workers are named in the code that builds them.
  entry: [
    "test/support/watched-worker.ts",
    "test/lab/bench/workers/{bare,clickup,dispatch,echo,floor,inside,mcp-agent,measured,oauth-echo,sdk-per-request,setup,stores}.ts",
    "test/lab/conformance/worker/worker.ts",
    "test/lab/workerd/r2-contract-worker.ts",
  ],
  project: ["{worker,objects,tools,migrations,scripts,test}/**/*.{ts,tsx}"],
  // Made by `wrangler types`.
  ignoreUnresolved: ["../worker-configuration.d.ts"],
  // Vitest's own, for the types of `import.meta.glob`.
  ignoreDependencies: ["vite"],
};

export default ({ production }: { production?: boolean }): KnipConfig => (production ? product : everything);
