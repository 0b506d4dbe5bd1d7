/**
 * The longest answer there is, made where it is sent: an object names the list, every isolate has it prepared. So the
 * list does not travel from object to Worker.
 */
import type { ToolListKey } from "../objects/rpc.ts";
import { preparedToolList } from "../tools/catalog.ts";

const encoder = new TextEncoder();
/** What a UTF-16 code unit can take in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;
/** The end of the answer, from the list on, by the list. */
const tails = new WeakMap<object, Uint8Array>();

/** @returns the bytes of the JSON-RPC response of `tools/list` */
export function toolListAnswer(id: string | number, { tier, grant }: ToolListKey): Uint8Array {
  const list = preparedToolList(tier, grant);
  const tail = tails.get(list) ?? encoder.encode(`${list.json}}}`);
  tails.set(list, tail);
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":`;
  const whole = new Uint8Array(head.length * MOST_BYTES_PER_UNIT + tail.length);
  const { written } = encoder.encodeInto(head, whole);
  whole.set(tail, written);
  return whole.subarray(0, written + tail.length);
}
