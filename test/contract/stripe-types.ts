/**
 * Holds JSON against the TypeScript types of the stripe SDK: fields that are missing, unknown or of the wrong
 * kind, and words that an enumeration does not have. The types are read through TypeScript's compiler API.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { API, type Checker, SymbolFlags, type Type, TypeFlags } from "typescript/unstable/sync";

/** The SDK's type of an object, by its `object` field. */
const TYPES: Record<string, string> = {
  "billing_portal.configuration": "Stripe.BillingPortal.Configuration",
  "billing_portal.session": "Stripe.BillingPortal.Session",
  "checkout.session": "Stripe.Checkout.Session",
  balance_transaction: "Stripe.BalanceTransaction",
  charge: "Stripe.Charge",
  coupon: "Stripe.Coupon | Stripe.DeletedCoupon",
  customer: "Stripe.Customer | Stripe.DeletedCustomer",
  discount: "Stripe.Discount | Stripe.DeletedDiscount",
  dispute: "Stripe.Dispute",
  event: "Stripe.EventBase",
  invoice: "Stripe.Invoice | Stripe.DeletedInvoice",
  invoice_payment: "Stripe.InvoicePayment",
  invoiceitem: "Stripe.InvoiceItem | Stripe.DeletedInvoiceItem",
  item: "Stripe.LineItem",
  line_item: "Stripe.InvoiceLineItem",
  payment_intent: "Stripe.PaymentIntent",
  payment_method: "Stripe.PaymentMethod",
  price: "Stripe.Price",
  product: "Stripe.Product | Stripe.DeletedProduct",
  promotion_code: "Stripe.PromotionCode",
  refund: "Stripe.Refund",
  subscription: "Stripe.Subscription",
  subscription_item: "Stripe.SubscriptionItem",
  "v2.core.event": "Stripe.V2.Core.Events.UnknownEventNotification",
  "v2.core.event_destination": "Stripe.V2.Core.EventDestination",
  webhook_endpoint: "Stripe.WebhookEndpoint | Stripe.DeletedWebhookEndpoint",
};

interface Field {
  optional: boolean;
  type: Type;
}

export interface TypeValidator {
  /** Problems of an object and of all inside it, each with its path; empty when it fits. */
  check(value: unknown): string[];
  /** Kinds of objects that were checked. */
  readonly kinds: ReadonlySet<string>;
  close(): void;
}

/** Starts the compiler on the SDK's types. Takes about half a second; close it at the end. */
export function createTypeValidator(): TypeValidator {
  const folder = mkdtempSync(join(tmpdir(), "stripe-types-"));
  const sdk = fileURLToPath(new URL("stripe.esm.worker.js", import.meta.resolve("stripe")).href);
  const members = Object.entries(TYPES).map(([kind, type]) => `  ${JSON.stringify(kind)}: ${type};`);
  writeFileSync(
    join(folder, "types.ts"),
    `import type { Stripe } from ${JSON.stringify(sdk)};\nexport interface Types {\n${members.join("\n")}\n}\n`,
  );
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: "ESNext",
    moduleResolution: "Bundler",
    target: "ES2024",
    lib: ["ES2024"],
    types: [],
  };
  const config = join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ["types.ts"] }));
  const api = new API({ cwd: folder });
  const project = api.updateSnapshot({ openProjects: [config] }).getProjects()[0];
  const file = project?.program.getSourceFile(join(folder, "types.ts"));
  const root = file === undefined ? undefined : project?.checker.getTypeAtLocation(statementName(file));
  if (project === undefined || root === undefined) throw new Error("the SDK's types could not be read");
  const walker = new Walker(project.checker, root);
  return {
    check: (value) => walker.check(value),
    kinds: walker.kinds,
    close() {
      api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The name of the interface that stands after the import. */
function statementName(file: unknown): never {
  const { statements } = file as { statements: { name: never }[] };
  const statement = statements[1];
  if (statement === undefined) throw new Error("the probe has no interface");
  return statement.name;
}

class Walker {
  readonly kinds = new Set<string>();
  readonly #checker: Checker;
  readonly #roots: Map<string, Type>;
  readonly #fields = new Map<Type, Map<string, Field>>();
  readonly #problems: string[] = [];

  constructor(checker: Checker, root: Type) {
    this.#checker = checker;
    this.#roots = new Map([...this.#fieldsOf(root)].map(([kind, { type }]) => [kind, type]));
  }

  check(value: unknown): string[] {
    this.#problems.splice(0);
    this.#object(value, "");
    return [...this.#problems];
  }

  /** Checks an object by its kind: a list by its items, an event by the object it carries. */
  #object(value: unknown, path: string): void {
    if (typeof value !== "object" || value === null) {
      this.#problems.push(`${path}: not an object`);
      return;
    }
    const { object: kind, data } = value as { object?: unknown; data?: unknown };
    if (kind === "list" || kind === "search_result" || (kind === undefined && Array.isArray(data))) {
      const needed = kind === undefined ? ["next_page_url"] : ["has_more", "url"];
      for (const name of needed)
        if (!(name in value)) this.#problems.push(`${path}${String(kind)}.${name}: missing`);
      for (const item of Array.isArray(data) ? data : []) this.#object(item, path);
      return;
    }
    const type = this.#roots.get(String(kind));
    if (type === undefined) {
      this.#problems.push(`${path}: no type for objects of kind ${String(kind)}`);
      return;
    }
    this.kinds.add(String(kind));
    if (kind === "event")
      this.#object((data as { object?: unknown } | undefined)?.object, `${path}event.data.object.`);
    this.#problems.push(...this.#walk(value, type, `${path}${String(kind)}`));
  }

  #walk(value: unknown, type: Type, path: string): string[] {
    const { flags } = type;
    if ((flags & (TypeFlags.Any | TypeFlags.Unknown)) !== 0) return [];
    if (type.isUnionType()) return this.#union(value, type.getTypes() as Type[], path);
    if (value === null) return (flags & TypeFlags.Null) !== 0 ? [] : [`${path}: null`];
    if (type.isLiteralType()) {
      return value === (type as unknown as { value: unknown }).value
        ? []
        : [`${path}: ${JSON.stringify(value)}`];
    }
    if (typeof value === "string") {
      if ((flags & TypeFlags.String) !== 0 || type.isIntersectionType()) return [];
      if (type.getSymbol()?.name.startsWith("Decimal") && /^-?\d+(\.\d+)?$/.test(value)) return [];
      return [`${path}: text`];
    }
    if (typeof value === "number") return (flags & TypeFlags.Number) !== 0 ? [] : [`${path}: number`];
    if (typeof value === "boolean") return (flags & TypeFlags.Boolean) !== 0 ? [] : [`${path}: boolean`];
    if (Array.isArray(value)) return this.#array(value, type, path);
    if (typeof value !== "object") return [`${path}: ${typeof value}`];
    return this.#record(value as Record<string, unknown>, type, path);
  }

  /** Fits when one member does; otherwise the problems of the member that is nearest. */
  #union(value: unknown, members: Type[], path: string): string[] {
    if (typeof value === "string") {
      const words = members.filter((member) => member.isStringLiteralType());
      const plain = members.some((member) => (member.flags & TypeFlags.String) !== 0);
      // The SDK adds "any other text" to its enumerations; here only the words it lists are right.
      if (words.length > 0 && !plain) {
        const known = words.some((word) => (word as unknown as { value: string }).value === value);
        return known ? [] : [`${path}: unknown word ${JSON.stringify(value)}`];
      }
    }
    const tries = members.map((member) => this.#walk(value, member, path));
    return tries.reduce((best, problems) => (problems.length < best.length ? problems : best));
  }

  #array(value: unknown[], type: Type, path: string): string[] {
    if (!this.#checker.isArrayType(type) || !type.isTypeReference()) return [`${path}: list`];
    const item = this.#checker.getTypeArguments(type)[0];
    if (item === undefined) return [];
    return value.flatMap((entry, index) => this.#walk(entry, item, `${path}[${index}]`));
  }

  #record(value: Record<string, unknown>, type: Type, path: string): string[] {
    if (!type.isObjectType() || this.#checker.isArrayType(type)) return [`${path}: object`];
    const index = this.#checker.getIndexInfosOfType(type)[0];
    const fields = this.#fieldsOf(type);
    const problems: string[] = [];
    for (const [name, entry] of Object.entries(value)) {
      const field = fields.get(name);
      const at = `${path}.${name}`;
      if (entry === undefined) continue;
      // What an event carries is checked by its own kind.
      if (path.endsWith("event.data") && (name === "object" || name === "previous_attributes")) continue;
      if (field !== undefined) problems.push(...this.#walk(entry, field.type, at));
      else if (index === undefined) problems.push(`${at}: unknown field`);
      else problems.push(...this.#walk(entry, index.valueType, at));
    }
    for (const [name, field] of fields) {
      if (!field.optional && !(name in value)) problems.push(`${path}.${name}: missing`);
    }
    return problems;
  }

  #fieldsOf(type: Type): Map<string, Field> {
    const known = this.#fields.get(type);
    if (known !== undefined) return known;
    const fields = new Map<string, Field>();
    for (const symbol of this.#checker.getPropertiesOfType(type)) {
      const of = this.#checker.getTypeOfSymbol(symbol);
      if (of === undefined) continue;
      // Methods are the SDK's own and not on the wire.
      if (of.isObjectType() && this.#checker.getSignaturesOfType(of, 0).length > 0) continue;
      fields.set(symbol.name, { optional: (symbol.flags & SymbolFlags.Optional) !== 0, type: of });
    }
    this.#fields.set(type, fields);
    return fields;
  }
}
