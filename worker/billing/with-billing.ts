import type { BillingRpc } from "../../objects/rpc/billing.ts";
import type { UserStub } from "../directory.ts";

/** Works with the billing of a user's object, and lets go of it afterwards. One round trip per call. */
export async function withBilling<T>(user: UserStub, work: (billing: BillingRpc) => Promise<T>): Promise<T> {
  // Over RPC it is a stub, which holds on to the object until it is disposed of.
  const billing: BillingRpc & Partial<Disposable> = user.billing();
  try {
    return await work(billing);
  } finally {
    billing[Symbol.dispose]?.();
  }
}
