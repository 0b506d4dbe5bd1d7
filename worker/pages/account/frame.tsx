/** The frame of the account pages: tabs, sign-out, and what the last form did. */
import type { Child } from "hono/jsx";
import { Layout } from "../layout.tsx";
import { shownZone } from "../time.tsx";

/** What every page of the account gets. */
export interface AccountPageProps {
  nonce: string;
  /** Goes into every form: proves that the form is one of ours, for this session. */
  formToken: string;
  /** What a form that was just sent did. */
  done: Child | null;
  /** IANA name; times are shown in it. */
  timeZone: string;
  now_ms: number;
}

const TABS = [
  { key: "overview", label: "Overview", href: "/account" },
  { key: "plan", label: "Plan", href: "/account/plan" },
  { key: "tokens", label: "Tokens", href: "/account/tokens" },
  { key: "activity", label: "Activity", href: "/account/activity" },
  { key: "settings", label: "Settings", href: "/account/settings" },
] as const;

type Tab = (typeof TABS)[number]["key"];

interface FrameProps extends Pick<AccountPageProps, "nonce" | "formToken" | "done" | "timeZone"> {
  title: string;
  tab: Tab;
  children: Child;
}

export function AccountFrame({ nonce, formToken, done, timeZone, title, tab, children }: FrameProps) {
  return (
    <Layout nonce={nonce} title={title} wide entry={<SignOut formToken={formToken} />}>
      <nav class="tabs" aria-label="Account">
        {TABS.map(({ key, label, href }) => (
          <a href={href} aria-current={key === tab ? "page" : undefined}>
            {label}
          </a>
        ))}
      </nav>
      {done ? (
        <p class="good" role="status">
          {done}
        </p>
      ) : null}
      {children}
      <p class="note zone">
        Times on this page are in {shownZone(timeZone)}.{" "}
        <a href="/account/settings#defaults">Change the zone</a>
      </p>
    </Layout>
  );
}

function SignOut({ formToken }: { formToken: string }) {
  return (
    <form method="post" action="/auth/logout">
      <FormToken value={formToken} />
      <button>Sign out</button>
    </form>
  );
}

export function FormToken({ value }: { value: string }) {
  return <input type="hidden" name="form_token" value={value} />;
}

/** A form that is only a button. */
export function ButtonForm(props: {
  action: string;
  formToken: string;
  fields?: Record<string, string>;
  label: string;
  /** What it is about, for people who hear the page. */
  about?: string;
  danger?: boolean;
}) {
  const { action, formToken, fields, label, about, danger } = props;
  return (
    <form method="post" action={action}>
      <FormToken value={formToken} />
      {Object.entries(fields ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button class={danger === true ? "small danger" : "small"}>
        {label}
        {about ? <span class="unseen"> {about}</span> : null}
      </button>
    </form>
  );
}
