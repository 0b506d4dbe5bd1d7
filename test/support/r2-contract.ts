/**
 * What the product relies on of R2, played on a bucket. Miniflare's is the reference; whatever stands in for R2 in a
 * test or in the laboratory has to say the same.
 */

const CREATE_ONLY = { onlyIf: { etagDoesNotMatch: "*" } } as const;
const SHA256_OF_ONE = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";

/** What each step says, in words that do not depend on the bucket. */
export async function playContract(bucket: R2Bucket): Promise<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  const keys = ({ objects }: { objects: { key: string }[] }): string[] => objects.map(({ key }) => key);
  const made = await bucket.put("c/a/1", "one", { ...CREATE_ONLY, sha256: SHA256_OF_ONE });
  said["a create-only put"] = [made?.key, made?.size];
  said["another to the same key"] = await bucket.put("c/a/1", "two", CREATE_ONLY);
  said["the body"] = await (await bucket.get("c/a/1"))?.text();
  const head = await bucket.head("c/a/1");
  said["the head"] = [head?.key, head?.size];
  said["what is not there"] = [await bucket.get("c/none"), await bucket.head("c/none")];
  said["a wrong checksum"] = await bucket
    .put("c/wrong", "two", { ...CREATE_ONLY, sha256: SHA256_OF_ONE })
    .catch((error: unknown) => (error as Error).message.includes("(10037)"));
  said["stored with it"] = await bucket.head("c/wrong");
  for (const key of ["c/b/1", "c/a/2", "c/b/2"]) await bucket.put(key, key, CREATE_ONLY);
  await bucket.put("d/1", "beside", CREATE_ONLY);
  const all = await bucket.list({ prefix: "c/" });
  said["a list by prefix"] = [keys(all), all.truncated];
  const folders = await bucket.list({ prefix: "c/", delimiter: "/" });
  said["its folders"] = [keys(folders), folders.delimitedPrefixes];
  const paged: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: "c/", limit: 3, ...(cursor === undefined ? {} : { cursor }) });
    paged.push(keys(page));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  said["its pages"] = paged;
  said["what comes after a key"] = keys(await bucket.list({ prefix: "c/", startAfter: "c/a/2" }));
  await bucket.delete(["c/a/1", "c/none", "c/b/1"]);
  said["a list after a deletion of several"] = keys(await bucket.list({ prefix: "c/" }));
  await bucket.delete("c/a/2");
  said["a list after a deletion of one"] = keys(await bucket.list({ prefix: "c/" }));
  return said;
}

/** As R2 says it. */
export const EXPECTED = {
  "a create-only put": ["c/a/1", 3],
  "another to the same key": null,
  "the body": "one",
  "the head": ["c/a/1", 3],
  "what is not there": [null, null],
  "a wrong checksum": true,
  "stored with it": null,
  "a list by prefix": [["c/a/1", "c/a/2", "c/b/1", "c/b/2"], false],
  "its folders": [[], ["c/a/", "c/b/"]],
  "its pages": [["c/a/1", "c/a/2", "c/b/1"], ["c/b/2"]],
  "what comes after a key": ["c/b/1", "c/b/2"],
  "a list after a deletion of several": ["c/a/2", "c/b/2"],
  "a list after a deletion of one": ["c/b/2"],
};

/**
 * Puts that fail, as each stand-in can: one that has no effect (key `f/before`), one whose answer is lost
 * (`f/after`), and the second try of each. @returns what is stored in the end
 */
export async function playFailures(
  put: (key: string) => Promise<unknown>,
  stored: (key: string) => Promise<boolean>,
): Promise<unknown[]> {
  const said: unknown[] = [];
  for (const key of ["f/before", "f/after"]) {
    const failed = await put(key).then(
      () => false,
      () => true,
    );
    said.push([key, failed, await stored(key)]);
    await put(key);
    said.push(await stored(key));
  }
  return said;
}

export const EXPECTED_FAILURES = [["f/before", true, false], true, ["f/after", true, true], true];
