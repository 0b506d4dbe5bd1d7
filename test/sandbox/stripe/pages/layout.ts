import { html, raw } from "hono/html";

const STYLE = raw(`<style>
  :root { color-scheme: light dark; --line: #8886; --accent: #635bff; }
  * { box-sizing: border-box; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; background: Canvas; color: CanvasText; }
  main { max-width: 32rem; margin: 0 auto; }
  h1 { font-size: 1.4rem; }
  h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
  fieldset { border: 1px solid var(--line); border-radius: .6rem; margin: 0 0 1rem; padding: .5rem 1rem 1rem; }
  legend { font-weight: 600; padding: 0 .3rem; }
  label { display: flex; gap: .6rem; align-items: baseline; padding: .35rem 0; }
  input:not([type=radio]) { font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .4rem; flex: 1; min-width: 0; }
  table { width: 100%; border-collapse: collapse; }
  td, th { text-align: left; padding: .35rem 0; border-bottom: 1px solid var(--line); }
  small { opacity: .75; }
  [role=alert] { border-left: 4px solid #df1b41; padding: .4rem .8rem; }
  .actions { display: flex; gap: .75rem; flex-wrap: wrap; margin: .5rem 0; }
  button, a.button { font: inherit; padding: .6rem 1.2rem; border-radius: .5rem; border: 1px solid var(--line); cursor: pointer; }
  button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
</style>`);

export type Html = ReturnType<typeof html>;

/** A whole page. Values in `content` are escaped by the template. */
export async function pageResponse(title: string, content: Html, status = 200): Promise<Response> {
  const markup = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
  return new Response(String(markup), {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });
}

export function messagePage(title: string, text: string, status: number): Promise<Response> {
  return pageResponse(
    `Stripe (sandbox): ${title}`,
    html`<h1>${title}</h1>
      <p>${text}</p>`,
    status,
  );
}

export function redirect(url: string): Response {
  return new Response(null, { status: 303, headers: { Location: url } });
}

/** An amount in the smallest unit, e.g. 900 "usd" as "$9.00". */
export function money(amount: number | null, currency: string | null): string {
  return new Intl.NumberFormat("en", { style: "currency", currency: currency ?? "usd" }).format(
    (amount ?? 0) / 100,
  );
}

/** Unix seconds as a date, in UTC. */
export function day(at: number | null): string {
  return at === null ? "" : new Date(at * 1000).toISOString().slice(0, 10);
}

/** The card choices of every page that pays. */
const OUTCOMES = {
  succeeds: "Card 4242 that succeeds",
  declines: "Card 0341 that is declined",
  authenticates: "Card 3220 that asks for 3-D Secure",
  settles: "Bank debit that succeeds later",
  settles_fails: "Bank debit that fails later",
} as const;

export type OutcomeName = keyof typeof OUTCOMES;

export function outcomeFields(names: readonly OutcomeName[]): Html {
  return html`<fieldset>
    <legend>Payment method</legend>
    ${names.map(
      (name, index) =>
        html`<label for="outcome-${name}">
          <input
            type="radio"
            name="outcome"
            id="outcome-${name}"
            value="${name}"
            ${index === 0 ? raw("checked") : ""}
          />
          <span>${OUTCOMES[name]}</span>
        </label>`,
    )}
  </fieldset>`;
}
