/** Questions to the person through their client: asked in the answer (2026-07-28), or while the call waits (2025). */
import {
  inputRequired,
  inputResponse,
  type ElicitRequestFormParams,
  type InputRequiredResult,
} from "@modelcontextprotocol/server";
import { QuestionPending } from "../../tools/words/errors.ts";
import type { Scope } from "../mcp/surface.ts";
import type { AskedState, RequestStates } from "../secrets/request-state.ts";

const CONFIRM = "confirm";

const confirmSchema: ElicitRequestFormParams["requestedSchema"] = {
  type: "object",
  properties: { confirm: { type: "boolean", title: "Yes, go on", default: false } },
  required: ["confirm"],
};

/**
 * What the person said to a yes-or-no question. "unsupported" when the client cannot show one.
 * @throws QuestionPending when it has not been asked yet: the call ends here and is run again with the answer
 */
export async function confirm(
  question: string,
  scope: Scope,
  states: RequestStates,
): Promise<"accepted" | "declined" | "unsupported"> {
  const { sdk } = scope;
  if (sdk === undefined || !canShowForms(scope)) return "unsupported";
  const answer = inputResponse(sdk.mcpReq.inputResponses, CONFIRM);
  if (answer.kind === "missing") throw new QuestionPending(question);
  const echoed = sdk.mcpReq.requestState<AskedState | string | undefined>();
  const asked = typeof echoed === "string" ? await states.verify(echoed, scope) : echoed;
  // An answer counts for the question it was given to, and no other.
  if (asked?.question !== question) throw new QuestionPending(question);
  const yes = answer.kind === "elicit" && answer.action === "accept" && answer.content?.["confirm"] === true;
  return yes ? "accepted" : "declined";
}

/** The answer that carries the question. */
export async function ask(
  question: string,
  scope: Scope,
  states: RequestStates,
): Promise<InputRequiredResult> {
  return inputRequired({
    inputRequests: { [CONFIRM]: inputRequired.elicit({ message: question, requestedSchema: confirmSchema }) },
    requestState: await states.mint(question, scope),
  });
}

/** Form elicitation is the default mode: a bare `elicitation: {}` declares it. */
function canShowForms(scope: Scope): boolean {
  const elicitation = scope.capabilities?.elicitation as { form?: object; url?: object } | undefined;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
