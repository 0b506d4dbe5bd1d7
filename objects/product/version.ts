import { version } from "../../package.json";

/** The product's version, as in package.json. */
export const VERSION: string = version;
