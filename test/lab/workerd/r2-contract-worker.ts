/** Plays the contract of R2 on its binding, in raw workerd. */
import { playContract, playFailures } from "../../support/r2-contract.ts";

export default {
  async fetch(_request, { BUCKET: bucket }) {
    const put = (key: string) => bucket.put(key, key, { onlyIf: { etagDoesNotMatch: "*" } });
    return Response.json({
      contract: await playContract(bucket),
      failures: await playFailures(put, async (key) => (await bucket.head(key)) !== null),
    });
  },
} satisfies ExportedHandler<{ BUCKET: R2Bucket }>;
