/** The one style sheet of the pages: system fonts, light and dark, no third-party asset. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --surface: #ffffff; --sunken: #f1f1ec; --line: #dcdcd4; --line-strong: #8b8b83;
  --text: #1d1e22; --muted: #5b5d66; --accent: #4a3fc4; --accent-text: #ffffff; --accent-soft: #eeecfb;
  --warn-line: #b7791f; --warn-soft: #fdf5e3; --bad: #a8261c; --bad-soft: #fceceb; --good: #1f7a4d;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131418; --surface: #1b1d22; --sunken: #14161a; --line: #33363e; --line-strong: #777b86;
    --text: #ececea; --muted: #a6a9b3; --accent: #a59cff; --accent-text: #15131f; --accent-soft: #25233a;
    --warn-line: #d9a441; --warn-soft: #2b2415; --bad: #ff9a90; --bad-soft: #331c1b; --good: #6fd3a0;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  padding: clamp(1rem, 5vw, 3.5rem) clamp(0.9rem, 4vw, 2rem) 2rem;
}
.page { width: 100%; max-width: 35rem; }
.page.wide { max-width: 47rem; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0.2rem 2rem; padding: 0; list-style: none; }
.two li { margin: 0; padding: 0.45rem 0; }
.two strong { display: block; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.5rem 1.25rem; margin-bottom: 1.25rem; }
header nav { display: flex; gap: 1.1rem; font-size: 0.95rem; }
header nav a { color: var(--muted); text-decoration: none; padding: 0.35rem 0; }
header nav a:hover { color: var(--text); text-decoration: underline; }
.brand { display: flex; align-items: center; gap: 0.6rem; font-weight: 600; color: var(--text); text-decoration: none; width: fit-content; }
.brand svg { width: 1.7rem; height: 1.7rem; flex: none; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; padding: clamp(1.2rem, 4.5vw, 2.25rem); }
.card + .card { margin-top: 1.1rem; }
.card > :last-child, .card > :last-child > :last-child { margin-bottom: 0; }
h1 { font-size: clamp(1.45rem, 4.6vw, 1.9rem); line-height: 1.22; letter-spacing: -0.018em; margin: 0 0 0.75rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.12rem; line-height: 1.35; letter-spacing: -0.008em; margin: 0 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 0.35rem; }
p { margin: 0 0 0.9rem; text-wrap: pretty; }
.lead { font-size: 1.08rem; color: var(--muted); }
.muted, .note { color: var(--muted); }
.note { font-size: 0.92rem; }
a { color: var(--accent); text-underline-offset: 0.18em; }
ul { padding-left: 1.2rem; margin: 0 0 0.9rem; }
li + li { margin-top: 0.3rem; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: 0.45rem 1.1rem; margin: 1.1rem 0; padding: 0.95rem 1.1rem; background: var(--sunken); border-radius: 10px; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: var(--mono); font-size: 0.9em; overflow-wrap: anywhere; }
.alert { border-left: 4px solid var(--warn-line); background: var(--warn-soft); border-radius: 6px; padding: 0.75rem 0.95rem; margin: 1rem 0; }
.alert.bad { border-color: var(--bad); background: var(--bad-soft); }
.alert p:last-child { margin-bottom: 0; }
fieldset { border: 0; margin: 1.3rem 0; padding: 0; min-width: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: 0.55rem; }
.choice { display: flex; gap: 0.75rem; align-items: flex-start; padding: 0.8rem 0.95rem; border: 1px solid var(--line); border-radius: 10px; cursor: pointer; }
.choice + .choice { margin-top: 0.55rem; }
.choice:hover { border-color: var(--line-strong); }
.choice:has(input:checked) { border-color: var(--accent); background: var(--accent-soft); }
.choice input { margin: 0.32rem 0 0; accent-color: var(--accent); width: 1.05rem; height: 1.05rem; flex: none; }
.choice strong { display: block; }
.choice span span { color: var(--muted); font-size: 0.93rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.6rem; margin-top: 1.4rem; }
button, .button {
  font: inherit; font-weight: 600; line-height: 1.3; min-height: 2.75rem; padding: 0.6rem 1.15rem; border-radius: 9px;
  border: 1px solid var(--line-strong); background: transparent; color: var(--text); cursor: pointer; text-decoration: none;
  display: inline-flex; align-items: center; justify-content: center;
}
button:hover, .button:hover { background: var(--sunken); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-text); }
.primary:hover { background: var(--accent); filter: brightness(1.08); }
.quiet { border-color: transparent; color: var(--muted); }
.small { min-height: 2.1rem; padding: 0.25rem 0.75rem; font-size: 0.88rem; font-weight: 500; border-color: var(--line); background: var(--surface); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.choice:focus-within { outline: 3px solid var(--accent); outline-offset: 1px; }
.choice input:focus-visible { outline: none; }
label.field { display: block; font-weight: 600; margin-bottom: 0.3rem; }
input[type="password"], input[type="text"], select, textarea {
  width: 100%; font-family: var(--mono); font-size: 0.95rem; padding: 0.65rem 0.8rem; color: var(--text);
  background: var(--sunken); border: 1px solid var(--line-strong); border-radius: 9px;
}
input[type="text"], select { font-family: inherit; min-height: 2.75rem; }
input + .note { margin: 0.45rem 0 0; }
textarea { min-height: 7.5rem; resize: vertical; overflow-wrap: anywhere; }
.after { margin-top: 1.1rem; }
.group { margin: 1.3rem 0; }
.pick { display: flex; flex-wrap: wrap; gap: 0.35rem 1.4rem; }
.pick label, .tick { display: flex; gap: 0.55rem; align-items: flex-start; padding: 0.3rem 0; cursor: pointer; }
.pick input, .tick input { margin: 0.28rem 0 0; accent-color: var(--accent); width: 1.05rem; height: 1.05rem; flex: none; }
.ticks { padding: 0.5rem 0.95rem; margin-top: 0.4rem; background: var(--sunken); border-radius: 10px; }
.ticks .note { display: block; line-height: 1.35; }
.pick:has(input[value="all"]:checked) + .ticks { display: none; }
.tabs { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.35rem; margin: 0 0 1.1rem; border-bottom: 1px solid var(--line); }
.tabs a { padding: 0.6rem 0.75rem; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; margin-bottom: -1px; }
.tabs a:hover { color: var(--text); }
.tabs a[aria-current] { color: var(--text); font-weight: 600; border-bottom-color: var(--accent); }
header nav button { font: inherit; min-height: 0; padding: 0.35rem 0; border: 0; background: none; color: var(--muted); }
header nav button:hover { background: none; color: var(--text); text-decoration: underline; }
.good { border-left: 4px solid var(--good); background: var(--surface); border-radius: 6px; padding: 0.7rem 0.95rem; margin: 0 0 1.1rem; }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0.4rem 1rem; margin-bottom: 0.6rem; }
.head h1, .head h2 { margin: 0; }
.figures { display: flex; flex-wrap: wrap; gap: 0.7rem 2.2rem; margin: 0 0 1.1rem; padding: 0; background: none; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dd { font-size: 1.4rem; font-weight: 600; line-height: 1.25; letter-spacing: -0.01em; }
.figures dt { font-size: 0.9rem; }
figure { margin: 0; }
.chart { display: block; width: 100%; height: auto; }
.chart .bar { fill: var(--accent); }
.chart .rule { stroke: var(--line); stroke-width: 1; }
.ends { display: flex; justify-content: space-between; font-size: 0.8rem; color: var(--muted); font-variant-numeric: tabular-nums; }
figure details { margin-top: 0.9rem; }
.rows { list-style: none; padding: 0; margin: 0; }
.rows > li { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.5rem 1rem; padding: 0.9rem 0; border-top: 1px solid var(--line); margin: 0; }
.rows > li:first-child { border-top: 0; padding-top: 0.2rem; }
.rows > li > div:first-child { flex: 1 1 16rem; min-width: 0; overflow-wrap: anywhere; }
.rows .note { line-height: 1.45; }
.rows .actions { margin: 0; flex-wrap: nowrap; }
.tag { display: inline-block; font-size: 0.78rem; font-weight: 600; line-height: 1.5; padding: 0.05rem 0.5rem; border: 1px solid var(--line); border-radius: 99px; color: var(--muted); white-space: nowrap; }
.tag.bad { color: var(--bad); border-color: currentColor; }
.tag.ok { color: var(--good); border-color: currentColor; }
.danger { color: var(--bad); border-color: currentColor; }
.filter { display: flex; flex-wrap: wrap; gap: 0.7rem; align-items: flex-end; margin: 0 0 1.2rem; }
.filter > div { flex: 1 1 11rem; min-width: 0; }
table { width: 100%; border-collapse: collapse; font-size: 0.93rem; }
th { text-align: left; font-weight: 600; color: var(--muted); padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid var(--line); }
td { padding: 0.55rem 0.8rem 0.55rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:last-child, th:last-child { padding-right: 0; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.nowrap { white-space: nowrap; }
.zone { margin: 1.1rem 0 0; }
ol { padding-left: 1.4rem; margin: 0 0 0.9rem; }
.divider { border: 0; border-top: 1px solid var(--line); margin: 1.6rem 0; }
.snippet { position: relative; margin: 0.5rem 0 1rem; }
.snippet pre { margin: 0; padding: 0.9rem 1rem; background: var(--sunken); border: 1px solid var(--line); border-radius: 9px; overflow-x: auto; font-family: var(--mono); font-size: 0.86rem; line-height: 1.55; white-space: pre; }
.snippet pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
.snippet-head h2 { margin: 0; }
.snippet-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.4rem; margin-bottom: 0.35rem; }
details { border-top: 1px solid var(--line); padding: 0.75rem 0; }
.actions + details { margin-top: 1.6rem; }
table + .note { margin-top: 1rem; }
details:last-of-type { border-bottom: 1px solid var(--line); margin-bottom: 1rem; }
summary { font-weight: 600; cursor: pointer; padding: 0.15rem 0; }
details > *:not(summary) { margin-top: 0.6rem; }
footer { margin-top: 1.6rem; font-size: 0.87rem; color: var(--muted); }
footer a { color: inherit; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--surface); padding: 0.5rem 0.9rem; border-radius: 8px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
@media (max-width: 30rem) {
  dl { grid-template-columns: 1fr; gap: 0.05rem; }
  dd + dt { margin-top: 0.55rem; }
  .actions button, .actions .button { width: 100%; }
  .rows .actions { width: 100%; }
  .rows .actions > * { flex: 1; }
  .figures dd + dt { margin: 0; }
  .filter button { width: 100%; }
  .events thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .events tr { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem 1rem; padding: 0.7rem 0; border-bottom: 1px solid var(--line); }
  .events td { display: block; border: 0; padding: 0; }
  .events td:nth-child(1) { order: 3; color: var(--muted); }
  .events td:nth-child(2) { order: 1; font-weight: 600; }
  .events td:nth-child(3) { order: 4; text-align: right; color: var(--muted); }
  .events td:nth-child(4) { order: 2; text-align: right; }
  .tabs { gap: 0; justify-content: space-between; }
  .tabs a { padding: 0.6rem 0.2rem; font-size: 0.9rem; }
}
@media (prefers-reduced-motion: no-preference) { .choice, button { transition: border-color 120ms, background-color 120ms; } }
@media (forced-colors: active) { .card, .choice, button { border: 1px solid; } }
`;
