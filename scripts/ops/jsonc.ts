/** Reading JSON with comments, and setting one string in it without touching anything else. */

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

interface Node {
  value: Json;
  start: number;
  end: number;
  /** Members of an object or elements of an array, by name or index. */
  children: Map<string, Node>;
}

/** @throws SyntaxError with the position */
export function parseJsonc(text: string): Json {
  return new Reader(text).document().value;
}

/**
 * Sets a string member of the object at `path`; the member is added at the end of the object when it is not there.
 * Comments and layout stay.
 * @throws Error when there is no object at `path`
 */
export function setString(
  text: string,
  path: readonly (string | number)[],
  name: string,
  value: string,
): string {
  let node = new Reader(text).document();
  for (const step of path) {
    const child = node.children.get(String(step));
    if (child === undefined) throw new Error(`there is no ${path.join(".")}`);
    node = child;
  }
  if (text[node.start] !== "{") throw new Error(`${path.join(".")} is not an object`);
  const written = JSON.stringify(value);
  const old = node.children.get(name);
  if (old !== undefined) return text.slice(0, old.start) + written + text.slice(old.end);
  const last = [...node.children.values()].at(-1);
  const at = last?.end ?? node.start + 1;
  const member = `${JSON.stringify(name)}: ${written}`;
  return text.slice(0, at) + (last === undefined ? ` ${member} ` : `, ${member}`) + text.slice(at);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Node {
    const node = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail();
    return node;
  }

  #value(): Node {
    this.#space();
    const start = this.#at;
    const first = this.#text[start];
    if (first === "{" || first === "[") return this.#container(first === "{");
    const literal =
      first === '"'
        ? /^"(?:[^"\\\n]|\\.)*"/.exec(this.#text.slice(start))?.[0]
        : /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(this.#text.slice(start))?.[0];
    if (literal === undefined) return this.#fail();
    this.#at += literal.length;
    return { value: JSON.parse(literal) as Json, start, end: this.#at, children: new Map() };
  }

  #container(isObject: boolean): Node {
    const start = this.#at++;
    const close = isObject ? "}" : "]";
    const children = new Map<string, Node>();
    for (;;) {
      this.#space();
      if (this.#text[this.#at] === close) break;
      let name = String(children.size);
      if (isObject) {
        const { value } = this.#value();
        if (typeof value !== "string") this.#fail();
        name = value;
        this.#space();
        this.#expect(":");
      }
      children.set(name, this.#value());
      this.#space();
      if (this.#text[this.#at] === ",") this.#at++;
      else if (this.#text[this.#at] !== close) this.#fail();
    }
    this.#at++;
    const entries = [...children].map(([name, node]): [string, Json] => [name, node.value]);
    const value = isObject ? Object.fromEntries(entries) : entries.map(([, item]) => item);
    return { value, start, end: this.#at, children };
  }

  #space(): void {
    const skipped = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(this.#text.slice(this.#at));
    this.#at += skipped?.[0].length ?? 0;
  }

  #expect(mark: string): void {
    if (this.#text[this.#at] !== mark) this.#fail();
    this.#at++;
  }

  #fail(): never {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    throw new SyntaxError(`unexpected ${this.#text[this.#at] ?? "end"} in line ${line}`);
  }
}
