/** A block of text to copy: a command or a configuration file. */

interface SnippetProps {
  /** Unique on the page; the copy button points at it. */
  id: string;
  label: string;
  /** Which of several with the same label it is, for people who hear the page. */
  about?: string;
  text: string;
  /** Break long lines instead of scrolling. */
  wrap?: boolean;
}

export function Snippet({ id, label, about, text, wrap }: SnippetProps) {
  return (
    <div class="snippet">
      <div class="snippet-head">
        <span class="note" id={`${id}-label`}>
          {about === undefined ? null : <span class="unseen">{about}: </span>}
          {label}
        </span>
        <CopyButton of={id} label={about === undefined ? label : `${about}: ${label}`} />
      </div>
      <pre id={id} class={wrap ? "wrap" : ""} tabindex={0} role="region" aria-labelledby={`${id}-label`}>
        {text}
      </pre>
    </div>
  );
}

export function CopyButton({ of, label }: { of: string; label: string }) {
  return (
    <button type="button" class="small" data-copy={of} aria-label={`Copy: ${label}`} hidden>
      Copy
    </button>
  );
}
