/** The product's object for everything but MCP, which it hands to the object with the fixtures. */
import { PRINCIPAL_HEADER, type Principal } from "../../../../objects/rpc/user.ts";
import { UserObject } from "../../../../objects/user.ts";
import type { FixtureObject } from "./object.ts";

export class FixtureUser extends UserObject {
  /** Devices the object with the fixtures knows. */
  readonly #handed = new Set<string>();

  /** The fixtures are reached by `fetch` alone. */
  override async post(): Promise<null> {
    return null;
  }

  override async fetch(request: Request): Promise<Response> {
    const { userId, deviceId } = JSON.parse(request.headers.get(PRINCIPAL_HEADER) ?? "{}") as Principal;
    const device = await this.activeDevice(deviceId);
    // The product's own refusal.
    if (device === null) return super.fetch(request);
    const { FIXTURES } = this.env as unknown as { FIXTURES: DurableObjectNamespace<FixtureObject> };
    const fixtures = FIXTURES.getByName(userId);
    if (!this.#handed.has(deviceId)) {
      await fixtures.know(device);
      this.#handed.add(deviceId);
    }
    return fixtures.fetch(request);
  }
}
