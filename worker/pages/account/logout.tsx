/** Asks before signing out, for those who came by a link. */
import { ButtonForm } from "./frame.tsx";
import { Layout } from "../layout.tsx";

export function LogoutPage(props: { nonce: string; formToken: string; username: string }) {
  return (
    <Layout nonce={props.nonce} title="Sign out">
      <div class="card">
        <h1>Sign out?</h1>
        <p>
          This browser is signed in as <bdi>{props.username}</bdi>. Your connected clients go on working.
        </p>
        <ButtonForm action="/auth/logout" formToken={props.formToken} label="Sign out" />
      </div>
    </Layout>
  );
}
