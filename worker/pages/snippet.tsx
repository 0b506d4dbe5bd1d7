/** A block of text to copy: a command or a configuration file. */

interface SnippetProps {
  /** Unique on the page; the copy button points at it. */
  id: string;
  label: string;
  text: string;
  /** Break long lines instead of scrolling. */
  wrap?: boolean;
}

export function Snippet({ id, label, text, wrap }: SnippetProps) {
  return (
    <div class="snippet">
      <div class="snippet-head">
        <span class="note" id={`${id}-label`}>
          {label}
        </span>
        <CopyButton of={id} label={label} />
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
