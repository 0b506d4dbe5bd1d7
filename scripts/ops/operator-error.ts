/** Something the operator can put right; its message says how. Everything else is a fault of ours. */
export class OperatorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "OperatorError";
  }
}

/** Runs a script's main function; an `OperatorError` ends it with its sentence instead of a stack. */
export async function runScript(main: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    console.error(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
