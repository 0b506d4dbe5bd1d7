/** A program's output, however it ends. */
import { spawn } from "node:child_process";

/** @param {string} file @param {string[]} args @param {{ input?: string, within_ms?: number }} [options] */
export function run(file, args, { input, within_ms = 60_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const late = setTimeout(() => child.kill("SIGKILL"), within_ms);
    if (input !== undefined) child.stdin.end(input);
    child.once("close", (code) => {
      clearTimeout(late);
      process.stderr.write(`$ ${file} ${args.join(" ")}\n${output}\n`);
      resolve({ code, output });
    });
  });
}
