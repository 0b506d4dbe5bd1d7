/** Asks which Workspaces a client may use, once ClickUp has said which ones there are. */
import type { Workspace } from "../../tools/define.ts";
import { WorkspaceChoice } from "./choices.tsx";
import { Layout } from "./layout.tsx";
import { displayName } from "./text.ts";

interface WorkspacesProps {
  nonce: string;
  /** The waiting authorization; bound to this browser by a cookie. */
  action: string;
  clientName: string;
  username: string;
  workspaces: Workspace[];
  problem: string | null;
}

export function WorkspacesPage(props: WorkspacesProps) {
  const { nonce, action, clientName, username, workspaces, problem } = props;
  const name = displayName(clientName);
  return (
    <Layout nonce={nonce} title="Choose Workspaces">
      <div class="card">
        <h1>
          One more choice for <bdi>{name}</bdi>
        </h1>
        <p>
          You are signed in as <bdi>{username}</bdi>, who is in {workspaces.length} Workspaces.
        </p>
        {problem ? (
          <div class="alert bad" role="alert">
            <p>{problem}</p>
          </div>
        ) : null}
        <form method="post" action={action}>
          <WorkspaceChoice workspaces={workspaces} chosen={null} />
          <div class="actions">
            <button class="primary" name="decision" value="connect">
              Connect
            </button>
            <button class="quiet" name="decision" value="deny" formnovalidate>
              Cancel
            </button>
          </div>
        </form>
      </div>
    </Layout>
  );
}
