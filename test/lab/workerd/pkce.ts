/** What the client of the benchmark's authorizations uses on both sides. */
export const REDIRECT_URI = "http://127.0.0.1:9/callback";
/** RFC 7636 appendix B: a verifier; the code challenge is made from it. */
export const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
