/** What the user's object says about a request, taken off its answer before the answer leaves. */
import { FIGURES_HEADER } from "../../objects/rpc/user.ts";

/** @returns JSON of `RequestFigures`; `null` when no object was asked, or it could not be reached */
export function readFigures(answer: Response): string | null {
  return answer.headers.get(FIGURES_HEADER);
}

/** The answer without its figures, with headers that can be changed. */
export function takeFigures(answer: Response): { response: Response; figures: string | null } {
  const figures = readFigures(answer);
  const response = new Response(answer.body, answer);
  response.headers.delete(FIGURES_HEADER);
  return { response, figures };
}
