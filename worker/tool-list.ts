/**
 * The longest answer there is, made where it is sent: an object names the list, every isolate has it prepared. So the
 * list does not travel from object to Worker.
 */
import type { ToolListKey } from "../objects/rpc/user.ts";
import { preparedToolList } from "../tools/catalog.ts";

/**
 * Whole answers kept, of some 100 KB each. Clients count their requests and ask for the list among the first, so the
 * same few ids come again and again; an answer made anew costs more to allocate and to collect than to send.
 */
const MAX_KEPT = 24;
/** A longer id is no count. */
const MAX_ID_CHARS = 4;
/** What a UTF-16 code unit can take in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

interface Prepared {
  /** The end of every answer, from the list on. */
  tail: Uint8Array;
  /** By the id's JSON. */
  answers: Map<string, Uint8Array>;
}

const encoder = new TextEncoder();
const prepared = new WeakMap<object, Prepared>();
/** Those with answers kept. */
const keeping = new Set<Prepared>();
let keptAnswers = 0;

/** @returns the bytes of the JSON-RPC response of `tools/list`; others are sent the same ones, so nobody changes them */
export function toolListAnswer(id: string | number, { tier, grant }: ToolListKey): Uint8Array {
  const list = preparedToolList(tier, grant);
  const known = prepared.get(list) ?? { tail: encoder.encode(`${list.json}}}`), answers: new Map() };
  prepared.set(list, known);
  const idJson = JSON.stringify(id);
  const answer = known.answers.get(idJson);
  if (answer !== undefined) return answer;
  const made = joined(idJson, known.tail);
  if (idJson.length <= MAX_ID_CHARS) keep(known, idJson, made);
  return made;
}

function joined(idJson: string, tail: Uint8Array): Uint8Array {
  const head = `{"jsonrpc":"2.0","id":${idJson},"result":{"tools":`;
  const whole = new Uint8Array(head.length * MOST_BYTES_PER_UNIT + tail.length);
  const { written } = encoder.encodeInto(head, whole);
  whole.set(tail, written);
  return whole.subarray(0, written + tail.length);
}

function keep(of: Prepared, idJson: string, answer: Uint8Array): void {
  if (keptAnswers >= MAX_KEPT) {
    for (const { answers } of keeping) answers.clear();
    keeping.clear();
    keptAnswers = 0;
  }
  of.answers.set(idJson, answer);
  keeping.add(of);
  keptAnswers++;
}
