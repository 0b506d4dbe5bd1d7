/** Says what went wrong and what to do next. */
import { Layout } from "./layout.tsx";

export interface ErrorPageContent {
  title: string;
  message: string;
  /** Where to go from here. */
  next?: { label: string; href: string };
  /** Our own fault: the id an operator finds in the logs. */
  incident?: string;
}

export function ErrorPage({ nonce, content }: { nonce: string; content: ErrorPageContent }) {
  return (
    <Layout nonce={nonce} title={content.title}>
      <div class="card">
        <h1>{content.title}</h1>
        <p>{content.message}</p>
        {content.incident ? (
          <p class="note">
            Incident <code>{content.incident}</code>
          </p>
        ) : null}
        {content.next ? (
          <div class="actions">
            <a class="button primary" href={content.next.href}>
              {content.next.label}
            </a>
          </div>
        ) : null}
      </div>
    </Layout>
  );
}
