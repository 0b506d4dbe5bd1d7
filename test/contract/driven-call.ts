/** One request the sandbox is driven with. */
export interface DrivenCall {
  method: string;
  /** Without /api, with the query. */
  path: string;
  body?: unknown;
  form?: FormData;
}
