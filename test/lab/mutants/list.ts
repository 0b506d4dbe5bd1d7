import { BILLING_MUTANTS } from "./billing.ts";
import { BROWSER_MUTANTS } from "./browser.ts";
import { CLIENT_MUTANTS } from "./clients.ts";
import { IDENTITY_MUTANTS } from "./identity.ts";
import { LIMIT_MUTANTS } from "./limits.ts";
import type { Mutant } from "./mutant.ts";
import { RECORD_MUTANTS } from "./record.ts";
import { UPSTREAM_MUTANTS } from "./upstream.ts";
import { VAULT_MUTANTS } from "./vault.ts";

/** Every mutant, by what it breaks. */
export const MUTANTS: readonly Mutant[] = [
  ...LIMIT_MUTANTS,
  ...RECORD_MUTANTS,
  ...IDENTITY_MUTANTS,
  ...BROWSER_MUTANTS,
  ...VAULT_MUTANTS,
  ...BILLING_MUTANTS,
  ...UPSTREAM_MUTANTS,
  ...CLIENT_MUTANTS,
];
