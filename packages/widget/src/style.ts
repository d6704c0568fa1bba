/**
 * How the element looks, as a constructed sheet: a page that forbids inline styles allows these.
 * @module
 */
const css = `
:host {
  --accent: var(--weft-accent, #a63d2f);
  --on-accent: var(--weft-on-accent, #fff);
  --ground: var(--weft-ground, #faf7f1);
  --ink: var(--weft-ink, #1c1a17);
  --edge: var(--weft-edge, #d8cfc0);
  --radius: var(--weft-radius, 12px);
  color-scheme: light dark;
  display: contents;
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host(:not([theme=light])) {
    --accent: var(--weft-accent, #e2705f);
    --on-accent: var(--weft-on-accent, #12110f);
    --ground: var(--weft-ground, #12110f);
    --ink: var(--weft-ink, #f2ede4);
    --edge: var(--weft-edge, #3b372f);
  }
}
:host([theme=dark]) {
  --accent: var(--weft-accent, #e2705f);
  --on-accent: var(--weft-on-accent, #12110f);
  --ground: var(--weft-ground, #12110f);
  --ink: var(--weft-ink, #f2ede4);
  --edge: var(--weft-edge, #3b372f);
}
/* Whatever the page says about every element stops here. */
button, section, p { all: initial; }
button {
  align-items: center;
  background: var(--accent);
  border: 0;
  border-radius: 999px;
  bottom: var(--weft-offset, 20px);
  color: var(--on-accent);
  cursor: pointer;
  display: flex;
  font: 500 15px/1.4 var(--weft-font, system-ui, sans-serif);
  gap: 8px;
  min-height: 48px;
  padding: 0 20px 0 16px;
  position: fixed;
  inset-inline-end: var(--weft-offset, 20px);
  z-index: var(--weft-z, 2147483000);
}
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
svg { fill: currentColor; height: 20px; width: 20px; }
section {
  background: var(--ground);
  border: 1px solid var(--edge);
  border-radius: var(--radius);
  display: block;
  bottom: calc(var(--weft-offset, 20px) + 60px);
  box-shadow: 0 8px 32px rgb(28 26 23 / 18%);
  box-sizing: border-box;
  height: min(var(--weft-height, 600px), calc(100dvh - 100px - var(--weft-offset, 20px)));
  inset-inline-end: var(--weft-offset, 20px);
  overflow: hidden;
  position: fixed;
  width: min(var(--weft-width, 400px), calc(100vw - 2 * var(--weft-offset, 20px)));
  z-index: var(--weft-z, 2147483000);
}
section[hidden] { display: none; }
p {
  color: var(--ink);
  display: block;
  font: 15px/1.4 var(--weft-font, system-ui, sans-serif);
  padding: 16px;
}
iframe { border: 0; display: block; height: 100%; width: 100%; }
:host([mode=inline]) { display: block; height: var(--weft-height, 480px); }
:host([mode=inline]) section {
  box-shadow: none;
  height: 100%;
  inset: auto;
  position: static;
  width: 100%;
  z-index: auto;
}
:host([mode=inline]) button { inset: auto; position: static; }
@media (max-width: 480px) {
  :host(:not([mode=inline])) section {
    border: 0;
    border-radius: 0;
    height: 100dvh;
    inset: 0;
    width: 100vw;
  }
  :host([open]:not([mode=inline])) button { display: none; }
  /* Nothing else would close it. */
  :host([open]:not([mode=inline])) button:has(+ .note) { display: flex; }
}
/* A sentence in place of the frame. */
:host(:not([mode=inline])) section.note {
  bottom: calc(var(--weft-offset, 20px) + 60px);
  height: auto;
  top: auto;
}
:host([mode=inline]) section.note { height: auto; }
:host([mode=inline][open]) button { display: none; }
`

/** One for all elements of a page. */
export function createStyle(): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  return sheet
}
