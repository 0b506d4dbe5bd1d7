/** A workerd process of our own, with no proxy in front: it can be killed and started again on the same storage. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { configText, type Layout } from "./config.ts";

/** The program itself; the package's launcher would run it as its child, out of reach of a signal. */
const WORKERD = (createRequire(import.meta.url)("workerd") as { default: string }).default;
const START_TIMEOUT_MS = 15_000;
const ASK_EVERY_MS = 3;
const KEPT_LINES = 200;

/** Where sockets are reached: name to origin, e.g. "http://127.0.0.1:41234". */
export type Origins = Readonly<Record<string, string>>;

export interface WorkerdOptions {
  /** Names of the sockets; each gets a free port. */
  sockets: readonly string[];
  /** What the process serves, once the origins are known. */
  layout: (origins: Origins) => Pick<Layout, "services" | "v8Flags"> & { behind?: Record<string, Behind> };
  workDir: string;
  /** Folder of the objects' databases: it outlives the process. */
  stateDir: string;
  arguments?: readonly string[];
  /** Gives the process an inspector, at `Workerd.inspector`. */
  inspected?: boolean;
  /** `keep`: its last lines are kept for `output`; `inherit`: its errors go to the terminal. */
  output?: "keep" | "inherit";
}

/** What is behind a socket, when it is not the service of the socket's name. */
interface Behind {
  service: string;
  entrypoint?: string;
}

export class Workerd {
  readonly origins: Origins;
  /** `host:port` of the inspector, with `inspected`. */
  readonly inspector: string | undefined;
  readonly #options: WorkerdOptions;
  readonly #lines: string[] = [];
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(options: WorkerdOptions, origins: Origins, inspector: string | undefined) {
    this.#options = options;
    this.origins = origins;
    this.inspector = inspector;
    process.once("exit", () => this.#process?.kill("SIGKILL"));
  }

  /** Chooses ports and writes the configuration; nothing runs yet. */
  static async prepare(options: WorkerdOptions): Promise<Workerd> {
    mkdirSync(options.stateDir, { recursive: true });
    const [inspector, ...ports] = await freePorts(options.sockets.length + 1);
    const origins = options.sockets.map((name, i) => [name, `http://127.0.0.1:${ports[i]}`]);
    const workerd = new Workerd(
      options,
      Object.fromEntries(origins) as Origins,
      options.inspected === true ? `127.0.0.1:${inspector}` : undefined,
    );
    workerd.serveNext(options.layout);
    return workerd;
  }

  /** What it serves after the next start: another bundle at the same origins, on the same storage. */
  serveNext(layout: WorkerdOptions["layout"]): void {
    const { behind = {}, ...rest } = layout(this.origins);
    const { workDir, stateDir } = this.#options;
    const sockets = Object.fromEntries(
      Object.entries(this.origins).map(([name, origin]) => [
        name,
        { ...behind[name], address: new URL(origin).host },
      ]),
    );
    writeFileSync(this.#config, configText({ ...rest, sockets }, workDir, stateDir));
  }

  /** Starts the process and waits until it listens. @throws Error when it does not */
  async start(): Promise<void> {
    const keep = this.#options.output === "keep";
    const started = spawn(
      WORKERD,
      [
        "serve",
        "--experimental",
        ...(this.inspector === undefined ? [] : [`--inspector-addr=${this.inspector}`]),
        ...(this.#options.arguments ?? []),
        this.#config,
      ],
      { stdio: keep ? ["ignore", "pipe", "pipe"] : ["ignore", "ignore", "inherit"] },
    );
    this.#process = started;
    this.#ended = new Promise((resolve) => started.once("close", () => resolve()));
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#lines.push(...text.split("\n").filter((line) => line !== ""));
        this.#lines.splice(0, Math.max(0, this.#lines.length - KEPT_LINES));
      });
    }
    await Promise.all(Object.values(this.origins).map((origin) => listening(started, new URL(origin)))).catch(
      async (error: unknown) => {
        await this.kill();
        throw new Error(`${String(error)}\n${this.output()}`, { cause: error });
      },
    );
  }

  get #config(): string {
    return join(this.#options.workDir, "workerd.capnp");
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error("workerd does not run");
    return pid;
  }

  /** The last lines it printed, with `output: "keep"`. */
  output(): string {
    return this.#lines.join("\n");
  }

  /** SIGKILL: it gets no chance to finish anything. @returns when the process has ended */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#ended;
    this.#process = undefined;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((s) => (s.address() as { port: number }).port);
  await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))));
  return ports;
}

async function listening(workerd: ChildProcess, { hostname, port }: URL): Promise<void> {
  const until_ms = Date.now() + START_TIMEOUT_MS;
  while (workerd.exitCode === null && workerd.signalCode === null && Date.now() < until_ms) {
    if (await accepts(hostname, Number(port))) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new Error("workerd does not listen; its output is above or below");
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
