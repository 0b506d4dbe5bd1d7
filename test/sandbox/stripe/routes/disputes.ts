import { closeDispute } from "../disputes.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { fieldsOf, flag, mergeMetadata, text } from "../params.ts";
import type { DisputeRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";

/** Evidence that decides a dispute in test mode. */
const WINNING = "winning_evidence";
const LOSING = "losing_evidence";

function update({ world, path, params }: Context): DisputeRecord {
  const row = world.get("disputes", path.dispute ?? "", "id", 404);
  const evidence = fieldsOf(params, "evidence");
  const submits = evidence !== undefined && flag(params, "submit") !== false;
  world.change(row, "charge.dispute.updated", () => {
    row.metadata = mergeMetadata(row.metadata, params);
    if (evidence === undefined) return;
    Object.assign(row.evidence, evidence);
    row.evidence_details.has_evidence = true;
    if (!submits) return;
    row.evidence_details.submission_count++;
    row.evidence_details.submission_method = "manual";
    row.status = row.status.startsWith("warning_") ? "warning_under_review" : "under_review";
  });
  const word = evidence === undefined ? undefined : text(evidence, "uncategorized_text");
  if (submits && word === WINNING) closeDispute(world, row, "won");
  if (submits && word === LOSING) closeDispute(world, row, "lost");
  return row;
}

export const disputeRoutes: Route[] = [
  {
    operation: "GET /v1/disputes/{dispute}",
    handler: ({ world, path }) => world.get("disputes", path.dispute ?? "", "id", 404),
  },
  {
    operation: "POST /v1/disputes/{dispute}",
    params: {
      evidence: {
        customer_email_address: "string",
        product_description: "string",
        uncategorized_text: "string",
      },
      metadata: "metadata",
      submit: "bool",
    },
    handler: update,
  },
  {
    operation: "POST /v1/disputes/{dispute}/close",
    handler: ({ world, path }) => {
      const row = world.get("disputes", path.dispute ?? "", "id", 404);
      closeDispute(world, row, "lost");
      return row;
    },
  },
  {
    operation: "GET /v1/disputes",
    params: { ...LIST_PARAMS, charge: "string", payment_intent: "string" },
    handler: ({ world, params }) => {
      const charge = text(params, "charge");
      const intent = text(params, "payment_intent");
      const rows = world
        .rows("disputes")
        .filter(
          (row) =>
            (charge === undefined || row.charge === charge) &&
            (intent === undefined || row.payment_intent === intent),
        );
      return listPage(rows, params, "/v1/disputes");
    },
  },
];
