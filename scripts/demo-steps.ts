/** The demo's steps as lines on the terminal. */

let step = 0;

/** Runs a step and prints its line; the returned text says what was seen. @throws what the step throws */
export async function check<T>(name: string, run: () => Promise<[string, T]>): Promise<T> {
  step++;
  const label = `${String(step).padStart(2)}. ${name}`;
  try {
    const [seen, value] = await run();
    console.log(`${label.padEnd(46)} ${seen}`);
    return value;
  } catch (error) {
    console.error(`${label.padEnd(46)} FAILED: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

export function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
