/** The last question before everything goes. */
import { AccountFrame, FormToken, type AccountPageProps } from "./frame.tsx";

/** What has to be typed, so that nobody deletes by habit. */
export const DELETE_PHRASE = "delete my data";

export function DeletePage(props: AccountPageProps & { problem: string | null }) {
  const { formToken, problem } = props;
  return (
    <AccountFrame {...props} title="Delete my data" tab="settings">
      <section class="card">
        <h1>Delete my data</h1>
        <p>This cannot be undone. It removes from this server:</p>
        <ul>
          <li>your account, stored ClickUp credentials and settings;</li>
          <li>every connected device and token: all clients stop at once;</li>
          <li>the whole record of requests, and everything cached.</li>
        </ul>
        <p>Nothing is changed in ClickUp. You can sign in again later and begin anew.</p>
        {problem ? (
          <div class="alert bad" role="alert" id="problem">
            <p>{problem}</p>
          </div>
        ) : null}
        <form method="post" action="/account/delete">
          <FormToken value={formToken} />
          <label class="field" for="confirm">
            Type <em>{DELETE_PHRASE}</em> to confirm
          </label>
          <input
            type="text"
            id="confirm"
            name="confirm"
            required
            autocomplete="off"
            aria-describedby={problem ? "problem" : undefined}
          />
          <div class="actions">
            <button class="danger">Delete everything</button>
            <a class="button" href="/account/settings">
              Keep it
            </a>
          </div>
        </form>
      </section>
    </AccountFrame>
  );
}
