/** Deployed versions, and what each says of the data it writes: the message of a deployment names both shapes. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { envArgs, type Environment } from "./environments.ts";
import { ROOT, wranglerJson } from "./wrangler.ts";

/** Shape of the data a version works with. */
export interface Shape {
  /** Number of the newest migration of the users' databases. */
  schema: number;
  /** Tag of the newest migration of the Durable Object classes. */
  classes: string;
}

export interface Version {
  id: string;
  created: string;
  tag: string;
  /** Undefined for one that was not deployed by `npm run deploy:*`. */
  shape: Shape | undefined;
}

/** The shape of this checkout. */
export function shapeHere(classes: string): Shape {
  const numbers = readdirSync(join(ROOT, "migrations"))
    .filter((file) => file.endsWith(".sql"))
    .map((file) => Number(file.slice(0, 4)));
  return { schema: Math.max(0, ...numbers), classes };
}

export function messageOf({ schema, classes }: Shape): string {
  return `schema ${schema}, classes ${classes}`;
}

function shapeOf(message: string | undefined): Shape | undefined {
  const match = /schema (\d+), classes (\S+)/.exec(message ?? "");
  return match?.[2] === undefined ? undefined : { schema: Number(match[1]), classes: match[2] };
}

interface Listed {
  id: string;
  metadata?: { created_on?: string };
  annotations?: Record<string, string>;
}

/** The ten newest, newest first. */
export async function listVersions(environment: Environment): Promise<Version[]> {
  const listed = (await wranglerJson(["versions", "list", "--json", ...envArgs(environment)])) as Listed[];
  return listed
    .map(({ id, metadata, annotations }) => ({
      id,
      created: metadata?.created_on ?? "",
      tag: annotations?.["workers/tag"] ?? "",
      shape: shapeOf(annotations?.["workers/message"]),
    }))
    .toSorted((a, b) => b.created.localeCompare(a.created));
}

export interface Deployment {
  /** The version that got all the traffic. */
  versionId: string;
  /** Made by going back: the version before it was left. */
  rollback: boolean;
}

const ROLLBACK = "rollback from ";

/** Message of the deployment that leaves a version. */
export function rollbackMessage(left: string): string {
  return ROLLBACK + left;
}

/** Deployments of one version each, the running one first. */
export async function deployments(environment: Environment): Promise<Deployment[]> {
  const listed = (await wranglerJson(["deployments", "list", "--json", ...envArgs(environment)])) as {
    created_on: string;
    annotations?: Record<string, string>;
    versions: { version_id: string; percentage: number }[];
  }[];
  return listed
    .toSorted((a, b) => b.created_on.localeCompare(a.created_on))
    .flatMap(({ annotations, versions }) => {
      const rollback = annotations?.["workers/message"]?.startsWith(ROLLBACK) ?? false;
      return versions.filter((v) => v.percentage === 100).map((v) => ({ versionId: v.version_id, rollback }));
    });
}

/** The version to go back to: the newest before the running one that nobody has gone back from. */
export function versionBefore(deployed: readonly Deployment[]): string | undefined {
  const running = deployed[0]?.versionId;
  return deployed.find(
    ({ versionId }, i) => i > 0 && versionId !== running && !(deployed[i - 1]?.rollback ?? false),
  )?.versionId;
}
