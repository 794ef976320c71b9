/** The style of the status page: light or dark as the system is, and tables that scroll inside themselves on a phone. */
export const STATUS_STYLE = `:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbfa, #16181b);
  --card: light-dark(#ffffff, #1e2125);
  --text: light-dark(#1d2226, #e6e8ea);
  --quiet: light-dark(#5b6670, #a3acb4);
  --line: light-dark(#dcdfe2, #343a40);
  --accent: light-dark(#0b5fb0, #7cb8f5);
  --warn: light-dark(#9a4700, #f2b366);
  --alarm-ground: light-dark(#fdeaea, #3d1f20);
  --alarm: light-dark(#8f1414, #ffb3b0);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 0.5rem; }
header p, footer, .empty, .note, small { color: var(--quiet); }
header p { margin: 0.25rem 0 0; }
footer { margin-top: 2.5rem; font-size: 0.875rem; }
a { color: var(--accent); }
code { font: 0.9em ui-monospace, monospace; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 0.75rem; margin: 1.5rem 0 0; }
.numbers div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.75rem 1rem; }
.numbers dt { color: var(--quiet); font-size: 0.875rem; }
.numbers dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.numbers dd.note { font-size: 0.875rem; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.scroll:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.5rem 0.75rem; vertical-align: top; overflow-wrap: break-word; }
thead th { color: var(--quiet); font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
thead th, tr:not(:last-child) > * { border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; min-width: 7rem; }
td { min-width: 4.5rem; }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.long { min-width: 13rem; overflow-wrap: anywhere; }
td.facts { color: var(--quiet); font-size: 0.8125rem; white-space: nowrap; }
summary { cursor: pointer; }
td small, th small { display: block; font-weight: 400; }
.warn { color: var(--warn); font-weight: 600; }
.off { color: var(--quiet); font-weight: 600; }
.alarm { background: var(--alarm-ground); color: var(--alarm); border-radius: 8px; padding: 0.75rem 1rem; margin: 1rem 0 0; overflow-wrap: anywhere; }
`;
