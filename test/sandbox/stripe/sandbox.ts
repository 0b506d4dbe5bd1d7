import { answerCall, faultResponse, keyOf, type Matched, refuseKey } from "./api.ts";
import { control } from "./control.ts";
import type { Data } from "./data.ts";
import { emptyData } from "./data.ts";
import { attempt, deliverDue, deliveryRequest, type DeliveryResult } from "./deliver.ts";
import { closeDispute } from "./disputes.ts";
import { addEndpoint, rollSecret } from "./endpoints.ts";
import { newWebhookEndpoint } from "./make-endpoint.ts";
import { StripeFault } from "./errors.ts";
import { MINUTE_MS, STRIPE_SANDBOX } from "./facts.ts";
import { type Fault, FaultBox, isStored, playFault } from "./faults.ts";
import type { StripeCall, StripeSandbox, StripeSandboxOptions } from "./interface.ts";
import { pages } from "./pages/index.ts";
import { checkPermission } from "./refusals/permissions.ts";
import { openDispute } from "./payments.ts";
import { Router } from "./route.ts";
import { routes } from "./routes/index.ts";
import { seedWorld } from "./seed.ts";
import { settle } from "./settle.ts";
import { setCard } from "./set-card.ts";
import { catchUp } from "./time.ts";
import { DEFAULT_SETTINGS, type Origins, STRIPE_ORIGINS, World } from "./world.ts";

interface Snapshot {
  test: Data;
  live: Data;
  offset_ms: number;
}

/** Makes a sandbox with its own account: test mode and live mode. */
export function createStripeSandbox(options: StripeSandboxOptions = {}): StripeSandbox {
  const clock = options.now_ms ?? Date.now;
  const signing_s = () => Math.floor((options.signing_now_ms ?? Date.now)() / 1000);
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const salt = options.salt ?? crypto.randomUUID();
  const router = new Router(routes);
  const faults = new FaultBox();
  const calls: StripeCall[] = [];
  const seconds = new Map<string, { second: number; used: number }>();
  let offset_ms = 0;
  const now_ms = () => clock() + offset_ms;
  const now_s = () => Math.floor(now_ms() / 1000);
  const test = new World(false, salt, settings, now_s);
  const live = new World(true, salt, settings, now_s);
  /** Test mode of somebody else's account: it has nothing of ours. */
  const other = new World(false, `${salt}O`, settings, now_s);
  const worlds = [test, live] as const;
  test.hint = (table, id) =>
    live.find(table, id) === undefined
      ? ""
      : "; a similar object exists in live mode, but a test mode key was used to make this request.";
  live.hint = (table, id) =>
    test.find(table, id) === undefined
      ? ""
      : "; a similar object exists in test mode, but a live mode key was used to make this request.";

  function start(): void {
    for (const world of worlds) {
      world.data = emptyData();
      if ((options.seed ?? "full") === "full") seedWorld(world);
      registerOwn(world);
    }
  }

  /** The endpoint of the options; a restored state may know it under an older URL. */
  function registerOwn(world: World): void {
    if (options.webhookUrl === undefined) return;
    const id = `we_${world.livemode ? "live" : "test"}_options`;
    const known = world.data.endpoints[id];
    if (known !== undefined) {
      known.url = options.webhookUrl;
      world.data.webhook_endpoints[id] = newWebhookEndpoint(world, known);
    } else addEndpoint(world, { id, url: options.webhookUrl, secret: STRIPE_SANDBOX.webhookSecret });
  }

  /** The world of a key. Throws 401. */
  function worldOf(key: string | null): World {
    if (key === STRIPE_SANDBOX.secretKey) return test;
    if (key === STRIPE_SANDBOX.liveSecretKey) return live;
    if (key === STRIPE_SANDBOX.otherAccountKey) return other;
    const known = key !== null && (options.secretKeys?.includes(key) || options.restricted?.[key]);
    if (known) return key.includes("_live_") ? live : test;
    if (options.anyTestKey && key !== null && /^(sk|rk)_test_/.test(key)) return test;
    return refuseKey(key);
  }

  function limit(key: string): void {
    const most = options.requestsPerSecond;
    if (most === undefined) return;
    const second = now_s();
    const window = seconds.get(key);
    if (window?.second !== second) seconds.set(key, { second, used: 1 });
    else if (++window.used > most) {
      throw new StripeFault(429, "invalid_request_error", "Request rate limit exceeded.", {
        code: "rate_limit",
      });
    }
  }

  function catchUpAll(url: URL | null): void {
    for (const world of worlds) {
      if (url !== null) world.origins = originsOf(url, options.pageOrigin);
      catchUp(world, now_s());
    }
  }

  async function api(request: Request, url: URL): Promise<Response> {
    const matched: Matched | undefined = router.match(request.method, url.pathname);
    const call: StripeCall = {
      method: request.method,
      path: url.pathname,
      operation: matched?.route.operation ?? null,
      params: {},
      idempotency_key: request.headers.get("Idempotency-Key"),
      version: request.headers.get("Stripe-Version"),
      livemode: false,
      status: 0,
      at_ms: now_ms(),
    };
    calls.push(call);
    const key = keyOf(request);
    const work = async (inside: Fault | null) => {
      try {
        const world = worldOf(key);
        call.livemode = world.livemode;
        limit(key ?? "");
        checkPermission(key ?? "", options.restricted?.[key ?? ""], matched?.route.operation);
        const breaks =
          inside === null ? null : (done: () => Promise<Response>) => playFault(inside, request, done);
        return await answerCall(world, request, url, call, matched, breaks);
      } catch (error) {
        const request_id = test.id("req");
        const refused = faultResponse(error, request_id, false);
        refused.headers.set("Request-Id", request_id);
        return refused;
      }
    };
    const fault = faults.take(request.method, url.pathname, call.operation);
    if (fault !== null) call.fault = fault.kind;
    const response =
      fault === null || isStored(fault)
        ? await work(fault)
        : await playFault(fault, request, () => work(null));
    call.status = response.status;
    return response;
  }

  const send = options.send;
  let timer: { fires_ms: number; stop(): void } | null = null;
  let delivering = false;

  /** Delivers in the background; a receiver that fails is tried again when its time comes. */
  function pump(): void {
    if (!options.autoDeliver || send === undefined || delivering) return;
    const waits = worlds
      .flatMap((world) => Object.values(world.data.deliveries))
      .filter((delivery) => delivery.status === "pending")
      .map((delivery) => Math.max(0, delivery.next_at * 1000 - now_ms()));
    if (waits.length === 0) return;
    // Timers run by the wall clock, whatever the sandbox's own says.
    const wait_ms = Math.min(...waits, MINUTE_MS);
    const fires_ms = Date.now() + wait_ms;
    if (timer !== null && timer.fires_ms <= fires_ms) return;
    timer?.stop();
    const handle: unknown = setTimeout(run, wait_ms);
    // In Node a delivery that waits must not keep the process alive.
    (handle as { unref?: () => void }).unref?.();
    timer = { fires_ms, stop: () => clearTimeout(handle as number) };
  }

  function run(): void {
    timer = null;
    delivering = true;
    void sandbox.deliver().finally(() => {
      delivering = false;
      pump();
    });
  }

  function deliveriesOf(event: string) {
    return worlds.flatMap((world) =>
      Object.values(world.data.deliveries)
        .filter((delivery) => delivery.event === event)
        .map((delivery) => ({ world, delivery })),
    );
  }

  const sandbox: StripeSandbox = {
    async fetch(request) {
      const url = new URL(request.url);
      catchUpAll(url.pathname.startsWith("/__sandbox/") ? null : url);
      let response: Response;
      if (url.pathname.startsWith("/__sandbox/")) response = await control(sandbox, request, url.pathname);
      else if (/^\/v[12]\//.test(url.pathname)) response = await api(request, url);
      else response = await pages(worlds, request, url);
      // A bank that answers at once does so when the request is over.
      catchUpAll(null);
      pump();
      return response;
    },
    calls,
    clearCalls: () => void calls.splice(0),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    reset() {
      offset_ms = 0;
      calls.splice(0);
      faults.clear();
      seconds.clear();
      start();
    },
    snapshot: (): Snapshot => structuredClone({ test: test.data, live: live.data, offset_ms }),
    restore(snapshot) {
      const kept = structuredClone(snapshot) as Snapshot;
      test.data = { ...emptyData(), ...kept.test };
      live.data = { ...emptyData(), ...kept.live };
      offset_ms = kept.offset_ms;
      for (const world of worlds) registerOwn(world);
    },
    state: {
      get test() {
        return test.data;
      },
      get live() {
        return live.data;
      },
    },
    settings,
    now_ms,
    advance(ms) {
      offset_ms += ms;
      catchUpAll(null);
      pump();
    },
    addEndpoint: (init, mode = "test") => addEndpoint(mode === "live" ? live : test, init),
    rollSecret(endpoint, overlap_ms) {
      const world = worlds.find((candidate) => candidate.data.endpoints[endpoint] !== undefined);
      const row = world?.data.endpoints[endpoint];
      if (world === undefined || row === undefined) throw new Error(`no endpoint ${endpoint}`);
      return rollSecret(world, row, Math.floor(overlap_ms / 1000));
    },
    async deliver(how) {
      if (send === undefined) throw new Error("deliver() needs options.send");
      catchUpAll(null);
      const results: DeliveryResult[] = [];
      for (const world of worlds) results.push(...(await deliverDue(world, send, signing_s, how)));
      return results;
    },
    async resend(event) {
      if (send === undefined) throw new Error("resend() needs options.send");
      const results: DeliveryResult[] = [];
      for (const { world, delivery } of deliveriesOf(event)) {
        results.push(await attempt(world, delivery, send, signing_s()));
      }
      return results;
    },
    async signedRequest(event) {
      const found = deliveriesOf(event)[0];
      const request = found && (await deliveryRequest(found.world, found.delivery, signing_s()));
      if (!request) throw new Error(`no endpoint listens to event ${event}`);
      return request;
    },
    get pending() {
      return worlds
        .flatMap((world) => Object.values(world.data.deliveries))
        .filter((delivery) => delivery.status === "pending").length;
    },
    openDispute: (charge, reason) =>
      structuredClone(openDispute(live.find("charges", charge) === undefined ? test : live, charge, reason)),
    closeDispute(id, outcome) {
      const world = live.find("disputes", id) === undefined ? test : live;
      const dispute = world.get("disputes", id, "dispute");
      closeDispute(world, dispute, outcome);
      return structuredClone(dispute);
    },
    setCard: (id, behaviour) =>
      setCard(live.find("payment_methods", id) === undefined ? test : live, id, behaviour),
    settleAll(succeeds) {
      for (const world of worlds) {
        for (const intent of Object.keys(world.data.settlements)) settle(world, intent, succeeds);
      }
    },
  };
  start();
  return sandbox;
}

/** Hosted pages live on hosts of their own at Stripe, and beside the API everywhere else. */
function originsOf(url: URL, pageOrigin: string | undefined): Origins {
  const origin = pageOrigin ?? url.origin;
  if (pageOrigin === undefined && url.hostname.endsWith("stripe.com")) return STRIPE_ORIGINS;
  return { checkout: origin, billing: origin, invoice: origin };
}
