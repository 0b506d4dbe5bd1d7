/** A tag's name as it may stand in an API path. */
import { UserInputError } from "../words/errors.ts";

/** The name without outer spaces. Throws UserInputError for what no path can carry. */
export function tagName(value: string): string {
  const name = value.trim();
  // URL parsing folds these into another operation, encoded or not.
  if (name === "." || name === "..") {
    throw new UserInputError(`tag: ClickUp's API cannot name the tag "${name}".`, { argument: "tag" });
  }
  return name;
}
