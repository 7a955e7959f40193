/** How reports look: light and dark, on a screen and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1a1a1a; --page: #ffffff; --line: #cccccc; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --page: #161616; --line: #444444; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 1280px; margin: 2rem auto; padding: 0 1rem; }
.question { font-size: 1.15rem; }
.findings li { margin: 0.3rem 0; }
figure { margin: 1.5rem 0; overflow-x: auto; }
figcaption { font-weight: 600; margin-bottom: 0.4rem; }
.views label { margin-right: 1rem; }
.table { overflow: auto; max-height: 30rem; }
table { border-collapse: collapse; font-size: 0.8rem; }
td, th { border: 1px solid var(--line); padding: 0.1rem 0.4rem; text-align: left; white-space: nowrap; max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
a { color: inherit; }
nav a { margin-right: 1rem; }
:focus-visible { outline: 3px solid #d55e00; }
#tip { position: fixed; background: var(--page); border: 1px solid var(--line); padding: 0.3rem 0.6rem; font-size: 0.85rem; pointer-events: none; z-index: 2; }
@media print {
  :root { color-scheme: light; --text: #000000; --page: #ffffff; }
  nav, .views { display: none; }
  figure { break-inside: avoid; overflow: visible; }
  figure svg { max-width: 100%; height: auto; }
}
`;
