/** Reads the local R2 bucket of a running `wrangler dev` through its Local Explorer. */

const API = "/cdn-cgi/local/explorer/api/r2/buckets";

/** Keys under `prefix`, oldest first. @throws Error when the explorer does not answer */
export async function listObjects(origin: string, bucket: string, prefix: string): Promise<string[]> {
  const response = await fetch(
    `${origin}${API}/${bucket}/objects?prefix=${encodeURIComponent(prefix)}&per_page=1000`,
  );
  if (!response.ok) throw new Error(`the local R2 explorer answered ${response.status}`);
  const body = (await response.json()) as { result?: { key: string }[] };
  return (body.result ?? []).map((o) => o.key).sort();
}

export async function readObject(origin: string, bucket: string, key: string): Promise<string> {
  const response = await fetch(`${origin}${API}/${bucket}/objects/${encodeURIComponent(key)}`);
  if (!response.ok) throw new Error(`the local R2 explorer answered ${response.status} for ${key}`);
  return response.text();
}
