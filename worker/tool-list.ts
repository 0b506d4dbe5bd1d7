/**
 * The longest answer there is, made where it is sent: an object names the list, every isolate has it prepared. So the
 * list does not travel from object to Worker.
 */
import type { ToolListKey } from "../objects/rpc.ts";
import { preparedToolList } from "../tools/catalog.ts";

const encoder = new TextEncoder();
/** The end of the answer, from the list on, by the list. */
const tails = new WeakMap<object, Uint8Array>();

/** @returns the bytes of the JSON-RPC response of `tools/list` */
export function toolListAnswer(id: string | number, { tier, grant }: ToolListKey): Uint8Array {
  const list = preparedToolList(tier, grant);
  const tail = tails.get(list) ?? encoder.encode(`${list.json}}}`);
  tails.set(list, tail);
  const head = encoder.encode(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":`);
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
