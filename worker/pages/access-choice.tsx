/** Read-only, or read and write: the choice on the consent and the sign-in page. */
export type Access = "read" | "write";

interface AccessChoiceProps {
  legend: string;
  /** What is chosen at first; `null` leaves it to the person. */
  chosen: Access | null;
}

export function AccessChoice({ legend, chosen }: AccessChoiceProps) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      <label class="choice">
        <input type="radio" name="access" value="read" required checked={chosen === "read"} />
        <span>
          <strong>Read only</strong>
          <span>See tasks, lists, docs, comments, time entries and members. Changes nothing.</span>
        </span>
      </label>
      <label class="choice">
        <input type="radio" name="access" value="write" required checked={chosen === "write"} />
        <span>
          <strong>Read and write</strong>
          <span>Also create, change and delete what you can in ClickUp, in your name.</span>
        </span>
      </label>
    </fieldset>
  );
}
