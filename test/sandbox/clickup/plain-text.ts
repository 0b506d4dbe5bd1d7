/** The text of a Markdown source without its marks, as ClickUp's `text_content` and text/plain pages show it. */
export function plainText(markdown: string): string {
  return markdown
    .split("\n")
    .map((line) =>
      line
        .replace(/^\s{0,3}#{1,6}\s+/, "")
        .replace(/^\s*[-*]\s+\[[ xX]\]\s+/, "")
        .replace(/^\s*[-*]\s+/, "")
        .replace(/^>\s?/, ""),
    )
    .join("\n")
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__)(.+?)\1/g, "$2")
    .replace(/`([^`]*)`/g, "$1");
}
