/** The account pages and their forms. */
import type { App } from "../context.ts";
import { apiJson } from "../json.ts";
import { exportActivity, showActivity } from "./activity.tsx";
import { deleteData, downloadData, showDelete } from "./data.tsx";
import { changeDevice, showDevice, stopAllDevices, stopDevice } from "./devices.tsx";
import { accountForm, accountPage } from "./guard.tsx";
import { logout, showLogout, signOutEverywhere } from "./logout.tsx";
import { showOverview, showPlan } from "./overview.tsx";
import { removeCredential, savePreferences, showSettings, storeToken } from "./settings.tsx";
import { reconnect } from "./reconnect.ts";
import { issueFromForm, showTokens } from "./tokens.tsx";

export function addAccount(app: App): void {
  const gets = {
    "/account": accountPage(showOverview),
    "/account/plan": accountPage(showPlan),
    "/account/tokens": accountPage(showTokens),
    "/account/devices/:id": accountPage(showDevice),
    "/account/activity": accountPage(showActivity),
    "/account/activity/export": accountPage(exportActivity),
    "/account/settings": accountPage(showSettings),
    "/account/data": accountPage(downloadData),
    "/account/delete": accountPage(showDelete),
    "/auth/logout": showLogout,
  };
  const posts = {
    "/account/tokens": accountForm(issueFromForm),
    "/account/devices/stop-all": accountForm(stopAllDevices),
    "/account/devices/:id": accountForm(changeDevice),
    "/account/devices/:id/stop": accountForm(stopDevice),
    "/account/settings/preferences": accountForm(savePreferences),
    "/account/settings/token": accountForm(storeToken),
    "/account/settings/connect": accountForm(reconnect),
    "/account/settings/remove-credential": accountForm(removeCredential),
    "/account/settings/sign-out-everywhere": accountForm(signOutEverywhere),
    "/account/delete": accountForm(deleteData),
    "/auth/logout": accountForm(logout),
  };
  for (const [path, handler] of Object.entries(gets)) app.get(path, handler);
  for (const [path, handler] of Object.entries(posts)) app.post(path, handler);
  for (const path of new Set([...Object.keys(gets), ...Object.keys(posts)])) {
    const allow = [path in gets ? "GET, HEAD" : "", path in posts ? "POST" : ""].filter(Boolean).join(", ");
    app.all(path, () =>
      apiJson(405, { error: "method_not_allowed", message: `Use ${allow}` }, { Allow: allow }),
    );
  }
}
