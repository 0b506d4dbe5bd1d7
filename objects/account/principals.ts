import type { Principal } from "../rpc/user.ts";

/** Reads who the Worker says a request is from, for one user's object. */
export class Principals {
  readonly #userId: string;
  /** A client's requests come one after the other, each with the same. */
  #last: { json: string; principal: Principal } | undefined;

  constructor(userId: string) {
    this.#userId = userId;
  }

  /**
   * @param json of the `Principal` the Worker made of a verified token
   * @throws Error when there is none, or it is another user's: the Worker is wrong then
   */
  read(json = "null"): Readonly<Principal> {
    if (json === this.#last?.json) return this.#last.principal;
    const principal = JSON.parse(json) as Principal | null;
    if (principal === null || principal.userId !== this.#userId) {
      throw new Error("the request carries no principal of this user");
    }
    this.#last = { json, principal };
    return principal;
  }
}
