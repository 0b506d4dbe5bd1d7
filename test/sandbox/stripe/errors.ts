/** Stripe's errors: `{error: {type, code, message, param, doc_url, request_log_url, …}}` and their HTTP statuses. */

export type ErrorType =
  | "api_error"
  | "card_error"
  | "idempotency_error"
  | "invalid_request_error"
  | "rate_limit_error";

export interface ErrorDetail {
  code?: string;
  param?: string;
  decline_code?: string;
  /** Id of the charge a card error is about. */
  charge?: string;
  payment_intent?: unknown;
  payment_method?: unknown;
}

/** Thrown by a handler; the app turns it into Stripe's error body. */
export class StripeFault extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly detail: ErrorDetail;
  constructor(status: number, type: ErrorType, message: string, detail: ErrorDetail = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.detail = detail;
  }
}

export function invalid(message: string, param?: string, code?: string): StripeFault {
  return new StripeFault(400, "invalid_request_error", message, {
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  });
}

/** An id that does not exist: 404 when it stands in the path, 400 when it is a parameter. */
export function missing(what: string, id: string, param: string, status: 400 | 404, hint = ""): StripeFault {
  return new StripeFault(status, "invalid_request_error", `No such ${what}: '${id}'${hint}`, {
    code: "resource_missing",
    param,
  });
}

export function declined(message: string, decline_code: string, extra: ErrorDetail = {}): StripeFault {
  return new StripeFault(402, "card_error", message, { code: "card_declined", decline_code, ...extra });
}

/** The body Stripe sends. `request_id` is the value of the Request-Id header. */
export function errorBody(fault: StripeFault, request_id: string, livemode: boolean): unknown {
  const { code } = fault.detail;
  return {
    error: {
      ...fault.detail,
      ...(code === undefined ? {} : { doc_url: `https://stripe.com/docs/error-codes/${dashed(code)}` }),
      message: fault.message,
      request_log_url: `https://dashboard.stripe.com/${livemode ? "" : "test/"}logs/${request_id}`,
      type: fault.type,
    },
  };
}

function dashed(code: string): string {
  return code.replaceAll("_", "-");
}
