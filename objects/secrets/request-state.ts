/**
 * The state of a multi-round request (2026-07-28, basic/patterns/mrtr): it goes through the client, so it is signed,
 * bound to user, device and question, lasts ten minutes, and works once.
 */
import { createRequestStateCodec, type RequestStateCodec } from "@modelcontextprotocol/server";
import type { Cache } from "../../tools/define.ts";
import { deriveBytes } from "./cipher.ts";
import type { RequestStateVerifier, Scope } from "../mcp/surface.ts";

const TTL_S = 600;

/** What a state says: which question was asked of which device. */
export interface AskedState {
  userId: string;
  deviceId: string;
  question: string;
  nonce: string;
}

export class RequestStates implements RequestStateVerifier {
  readonly #userId: string;
  readonly #used: Cache;
  readonly #encryptionKey: string;
  #codec: Promise<RequestStateCodec<AskedState>> | undefined;

  /** @param used where nonces are kept until their state has expired; survives eviction of the object */
  constructor(encryptionKey: string, userId: string, used: Cache) {
    this.#encryptionKey = encryptionKey;
    this.#userId = userId;
    this.#used = used;
  }

  /** @returns the state to send with a question */
  async mint(question: string, scope: Scope): Promise<string> {
    const { deviceId } = scope.principal;
    const state: AskedState = { userId: this.#userId, deviceId, question, nonce: crypto.randomUUID() };
    return (await this.#open()).mint(state, scope.sdk);
  }

  /** @throws Error when the state is not ours, was changed, is too old, is another device's, or was used */
  async verify(text: string, scope: Scope): Promise<AskedState> {
    if (scope.sdk === undefined) throw new Error("no request to verify for");
    const state = await (await this.#open()).verify(text, scope.sdk);
    const bound = state.userId === this.#userId && state.deviceId === scope.principal.deviceId;
    const key = `request-state:${state.nonce}`;
    if (!bound || this.#used.get(key) !== undefined) throw new Error("the state is not valid here");
    this.#used.set(key, 1, TTL_S * 1000);
    return state;
  }

  #open(): Promise<RequestStateCodec<AskedState>> {
    this.#codec ??= signingKey(this.#encryptionKey, this.#userId).then((key) =>
      createRequestStateCodec<AskedState>({ key, ttlSeconds: TTL_S }),
    );
    return this.#codec;
  }
}

/** A key of its own for this purpose and user, derived from the root key (HKDF-SHA256, RFC 5869). */
function signingKey(encryptionKey: string, userId: string): Promise<Uint8Array> {
  const ikm = Uint8Array.from(atob(encryptionKey), (c) => c.charCodeAt(0));
  const info = new TextEncoder().encode(`clickup-mcp/request-state/v1|${userId}`);
  return deriveBytes({ ikm, salt: new Uint8Array(32), info }, 32);
}
