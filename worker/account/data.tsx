/** A person's data: a copy of all of it, or the end of it. */
import { forgetCookie, type WebSession } from "../auth/web-session.ts";
import { planNow } from "../billing/plan-data.ts";
import type { AppContext } from "../context.ts";
import { forgetUser, userObject } from "../directory.ts";
import { errorPage, htmlPage } from "../html.tsx";
import { logEvent } from "../log.ts";
import { DELETE_PHRASE, DeletePage, hasSubscription } from "../pages/account/delete.tsx";
import { fileHeaders } from "./activity.tsx";
import { endGrants } from "./devices.tsx";
import { pageProps } from "./guard.tsx";

/** GET /account/data */
export async function downloadData(_: AppContext, session: WebSession): Promise<Response> {
  const body = await session.user.desk().exportData();
  return new Response(body, { headers: fileHeaders("application/json", "clickup-mcp-my-data.json") });
}

/** GET /account/delete */
export async function showDelete(c: AppContext, session: WebSession): Promise<Response> {
  return deletePage(c, session, null, 200);
}

/** POST /account/delete: grants, then the user's object with its part of R2, then the directory. */
export async function deleteData(
  c: AppContext,
  session: WebSession,
  form: URLSearchParams,
): Promise<Response> {
  if ((form.get("confirm") ?? "").trim().toLowerCase() !== DELETE_PHRASE) {
    return deletePage(c, session, `Type "${DELETE_PHRASE}" to confirm.`, 400);
  }
  const paid = hasSubscription(await planNow(c.var.config, session, 0));
  const refusal = await removeFromObject(c, session);
  if (refusal !== null) return deletePage(c, session, refusal, 409);
  await endGrants(c, session.userId, () => true);
  await forgetUser(c.env.USER_MAPPINGS, session.account);
  return errorPage(
    200,
    {
      title: "Your data is deleted",
      message: `Every client is disconnected. ${
        paid ? "Your subscription has ended: you are not charged again, and nothing was paid back. " : ""
      }Nothing was changed in ClickUp; you can revoke the app there.`,
      next: { label: "Go to the start page", href: "/" },
    },
    new Headers({ "Set-Cookie": forgetCookie() }),
  );
}

/**
 * The object restarts when it is empty, which may end the call before its answer; whether it is done is asked
 * of the fresh one. @returns why it was refused, or `null` when it is done
 * @throws when the data is still there
 */
async function removeFromObject(c: AppContext, session: WebSession): Promise<string | null> {
  try {
    const removed = await session.user.deleteAccount();
    if (!removed.ok) return removed.error.message;
  } catch (error) {
    logEvent("info", "object_restarted", { why: error instanceof Error ? error.message : "unknown" });
  }
  const after = await userObject(c.env, session.userId).account();
  if (after.ok) throw new Error("the account was not removed");
  return null;
}

async function deletePage(
  c: AppContext,
  session: WebSession,
  problem: string | null,
  status: number,
): Promise<Response> {
  const [props, plan] = await Promise.all([pageProps(c, session), planNow(c.var.config, session)]);
  return htmlPage((nonce) => <DeletePage {...props} nonce={nonce} plan={plan} problem={problem} />, {
    status,
  });
}
