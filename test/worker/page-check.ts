/** What has to hold of every page, whoever chose the texts on it: only the elements and links that we wrote. */
import { unseenFaults } from "../corpus/contained.ts";

const ELEMENTS = new Set(
  (
    "html head meta title link style script body header nav main footer section figure figcaption div span p h1 h2 h3 a ul ol li dl dt dd " +
    "form fieldset legend label input button select option textarea table caption thead tbody tr th td code pre strong em b i br hr " +
    "bdi time details summary small noscript ol svg path rect circle line text g"
  ).split(" "),
);
/** Attributes whose value is an address. */
const ADDRESSES = ["href", "src", "action", "formaction", "poster", "data"];
const ORIGINS =
  /^(\/(?!\/)|#|(cursor:\/\/anysphere\.cursor-deeplink\/mcp|vscode:mcp)\/install\?|https:\/\/mcp\.test\/|https:\/\/(app|api)\.clickup\.(com|test)\/|https:\/\/(www\.)?clickup\.com\/)/;

/** @returns what is wrong with the page; empty when nothing is */
export async function pageFaults(response: Response): Promise<string[]> {
  const faults: string[] = [];
  const html = await response.text();
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
  if (nonce === undefined || /unsafe|\*(?!:)|data:/.test(policy.replace(/http:\/\/[\w.]+:\*/g, "")))
    faults.push(`policy: ${policy}`);
  for (const [name, value] of response.headers) {
    if (/\p{Cc}/u.test(value)) faults.push(`header ${name}`);
  }
  if (response.headers.getSetCookie().some((cookie) => cookie.startsWith("a=b")))
    faults.push("a cookie of somebody else's");
  let text = "";
  const rewriter = new HTMLRewriter().on("*", {
    element(element) {
      const { tagName } = element;
      if (!ELEMENTS.has(tagName)) faults.push(`element <${tagName}>`);
      if ((tagName === "script" || tagName === "style") && element.getAttribute("nonce") !== nonce)
        faults.push(`${tagName} without our nonce`);
      for (const [name = "", value = ""] of element.attributes) {
        if (name.startsWith("on") || name === "style" || name === "srcdoc" || name === "autofocus")
          faults.push(`attribute ${name} of <${tagName}>`);
        if (ADDRESSES.includes(name) && !ORIGINS.test(value.replaceAll("&amp;", "&")))
          faults.push(`${name}="${value.slice(0, 80)}"`);
      }
    },
    text: (chunk) => void (text += chunk.text),
  });
  await rewriter.transform(new Response(html)).arrayBuffer();
  return [...faults, ...unseenFaults(text)];
}
