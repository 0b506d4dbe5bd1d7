/** The one script of the pages: copy buttons. They stay hidden where scripts do not run. */
export const SCRIPT = `
const status = document.getElementById("status");
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  const label = button.textContent;
  const name = button.getAttribute("aria-label");
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const text = "value" in source ? source.value : source.textContent;
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      if (source.select) source.select();
      said = "Selected: press Ctrl+C";
    }
    button.textContent = said;
    button.setAttribute("aria-label", name.replace(label, said));
    status.textContent = said;
    setTimeout(() => {
      button.textContent = label;
      button.setAttribute("aria-label", name);
      status.textContent = "";
    }, 2500);
  });
}
`;
