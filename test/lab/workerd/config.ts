/** A workerd configuration as text: Workers, services outside the process, and the sockets they are reached by. */
import { relative } from "node:path";
import { COMPATIBILITY_DATE, type Bundle } from "./bundle.ts";

export type Binding =
  | { name: string; text: string }
  | { name: string; objects: string; of?: string }
  | { name: string; kv: string }
  | { name: string; r2: string };

export interface WorkerService {
  bundle: Bundle;
  /** Durable Object classes of the Worker, with SQLite storage on disk. */
  objects?: readonly string[];
  bindings?: readonly Binding[];
  /** The service that answers its `fetch`; without it nothing is reached. */
  outbound?: string;
}

/** A service of another process on this machine, as `host:port`. */
interface ExternalService {
  address: string;
}

interface Socket {
  /** Service behind the socket; the socket's own name unless given. */
  service?: string;
  /** Named entrypoint of the Worker. */
  entrypoint?: string;
  /** `host:port`. */
  address: string;
}

export interface Layout {
  services: Readonly<Record<string, WorkerService | ExternalService>>;
  sockets: Readonly<Record<string, Socket>>;
  /** Options of V8 for the whole process. */
  v8Flags?: readonly string[];
}

/** @param workDir folder the configuration is written to @param stateDir folder of the objects' databases */
export function configText(
  { services, sockets, v8Flags = [] }: Layout,
  workDir: string,
  stateDir: string,
): string {
  const entries = Object.entries(services).map(([name, service]) =>
    "address" in service
      ? `(name = ${capnp(name)}, external = (address = ${capnp(service.address)}, http = ()))`
      : workerText(name, service, workDir),
  );
  const open = Object.entries(sockets).map(([name, { service = name, entrypoint, address }]) => {
    const behind =
      entrypoint === undefined
        ? capnp(service)
        : `(name = ${capnp(service)}, entrypoint = ${capnp(entrypoint)})`;
    return `(name = ${capnp(name)}, address = ${capnp(address)}, http = (), service = ${behind})`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${entries.join(",\n    ")},
    (name = "nowhere", network = (allow = [])),
    (name = "state", disk = (path = ${capnp(stateDir)}, writable = true))
  ],
  sockets = [
    ${open.join(",\n    ")}
  ],
  v8Flags = [${v8Flags.map(capnp).join(", ")}],
  # The agents package imports the module for e-mail, whose inner half is not part of workerd.
  extensions = [(modules = [(name = "cloudflare-internal:email", internal = true, esModule = ${capnp(EMAIL)})])]
);
`;
}

function workerText(name: string, service: WorkerService, workDir: string): string {
  // Files are embedded by their path from the configuration's own folder.
  const path = (file: string): string => capnp(relative(workDir, file));
  const { bundle, objects = [], bindings = [], outbound = "nowhere" } = service;
  const modules = [
    `(name = "worker", esModule = embed ${path(bundle.entry)})`,
    ...bundle.texts.map((t) => `(name = ${capnp(t.name)}, text = embed ${path(t.file)})`),
  ];
  const namespaces = objects.map(
    (className) => `(className = "${className}", uniqueKey = "${name}-${className}", enableSql = true)`,
  );
  return `(name = ${capnp(name)}, worker = (
      modules = [${modules.join(", ")}],
      compatibilityDate = "${COMPATIBILITY_DATE}", compatibilityFlags = ["global_fetch_strictly_public"],
      bindings = [${bindings.map(bindingText).join(", ")}],
      ${namespaces.length > 0 ? `durableObjectNamespaces = [${namespaces.join(", ")}], durableObjectStorage = (localDisk = "state"),` : ""}
      globalOutbound = ${capnp(outbound)}))`;
}

function bindingText(binding: Binding): string {
  const name = `name = "${binding.name}"`;
  if ("text" in binding) return `(${name}, text = ${capnp(binding.text)})`;
  if ("kv" in binding) return `(${name}, kvNamespace = "${binding.kv}")`;
  if ("r2" in binding) return `(${name}, r2Bucket = "${binding.r2}")`;
  if (binding.of === undefined) return `(${name}, durableObjectNamespace = "${binding.objects}")`;
  return `(${name}, durableObjectNamespace = (className = "${binding.objects}", serviceName = "${binding.of}"))`;
}

const EMAIL = "export class EmailMessage {} export default { EmailMessage };";
const capnp = (text: string): string => JSON.stringify(text);
