/** The frame of every page. Children are escaped by hono/jsx; only our own style and script are raw. */
import type { Child } from "hono/jsx";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

export const PRODUCT = "ClickUp MCP server";

interface LayoutProps {
  nonce: string;
  title: string;
  /** More room: the landing and the account pages. */
  wide?: boolean;
  /** One more entry of the site's navigation, e.g. the way out. */
  entry?: Child;
  /** Shown to search engines; every other page is kept out. */
  description?: string;
  children: Child;
}

export function Layout({ nonce, title, wide, entry, description, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        {description ? (
          <meta name="description" content={description} />
        ) : (
          <meta name="robots" content="noindex" />
        )}
        <title>{title === PRODUCT ? title : `${title} · ${PRODUCT}`}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <style nonce={nonce} dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <div class={wide ? "page wide" : "page"}>
          <header>
            <a class="brand" href="/">
              <Mark />
              {PRODUCT}
            </a>
            <nav aria-label="Site">
              <a href="/#connect">Connect</a>
              <a href="/account">Your account</a>
              {entry}
            </nav>
          </header>
          <main id="content">{children}</main>
          <footer>
            <p>
              Independent software. ClickUp is a trademark of its owner, who neither runs nor endorses this
              server.
            </p>
          </footer>
        </div>
        <p id="status" class="unseen" role="status"></p>
        <script nonce={nonce} dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  );
}

/** Two linked nodes: a client and a workspace. */
function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#4a3fc4" />
      <path d="M10 20.5 16 11l6 9.5" fill="none" stroke="#fff" stroke-width="2.4" stroke-linejoin="round" />
      <circle cx="10" cy="20.5" r="3" fill="#fff" />
      <circle cx="22" cy="20.5" r="3" fill="#fff" />
      <circle cx="16" cy="11" r="3" fill="#fff" />
    </svg>
  );
}

export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4a3fc4"/><path d="M10 20.5 16 11l6 9.5" fill="none" stroke="#fff" stroke-width="2.4" stroke-linejoin="round"/><circle cx="10" cy="20.5" r="3" fill="#fff"/><circle cx="22" cy="20.5" r="3" fill="#fff"/><circle cx="16" cy="11" r="3" fill="#fff"/></svg>`;
