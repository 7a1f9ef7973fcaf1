// A call button for any site: <script src="https://your-edge/call/embed.js" data-label="Talk to us" async></script>
// It lives in a shadow root, so neither the site's styles nor its own get in each other's way. The call itself is a
// frame of the edge's; the site must be named in TRUNKLINE_PAGE_EMBEDDERS, or the browser will not show it.

(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const label = script.dataset.label || "Talk to us";
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button { position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
      z-index: 2147483646; display: flex; align-items: center; gap: 10px; min-height: 52px; padding: 0 22px 0 18px; border: 0;
      border-radius: 999px; background: #0f766e; color: #fff; font: 600 16px/1 system-ui, sans-serif; cursor: pointer;
      box-shadow: 0 12px 28px -8px rgb(10 60 54 / 55%), 0 2px 6px rgb(0 0 0 / 14%); }
    button:hover { background: #115e59; }
    button:focus-visible { outline: 3px solid #0f766e; outline-offset: 3px; }
    svg { width: 22px; height: 22px; fill: none; stroke: currentcolor; stroke-width: 2.4; stroke-linecap: round; }
    iframe { position: fixed; right: 20px; bottom: 88px; z-index: 2147483647; width: 390px; height: min(660px, calc(100dvh - 110px));
      border: 0; border-radius: 24px; background: transparent; box-shadow: 0 30px 70px -20px rgb(0 0 0 / 45%), 0 0 0 1px rgb(0 0 0 / 8%); }
    iframe[hidden] { display: none; }
    @media (max-width: 480px) { iframe { inset: 0 0 84px 0; width: 100%; height: calc(100dvh - 84px); border-radius: 0 0 20px 20px; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const waves = document.createElementNS("http://www.w3.org/2000/svg", "path");
  waves.setAttribute("d", "M3 12h1.5M8 8v8M12 4v16M16 8v8M19.5 12H21");
  icon.append(waves);
  const words = document.createElement("span");
  words.textContent = label;
  button.append(icon, words);

  let frame = null;
  const open = (wanted) => {
    if (wanted && !frame) {
      frame = document.createElement("iframe");
      frame.src = `${origin}/call`;
      frame.title = label;
      frame.allow = "microphone; autoplay; clipboard-write";
      root.append(frame);
    }
    if (frame) frame.hidden = !wanted; // a call in progress goes on while it is out of sight
    button.setAttribute("aria-expanded", String(wanted));
    words.textContent = wanted ? "Close" : label;
    if (wanted) frame.focus();
  };
  button.addEventListener("click", () => open(!frame || frame.hidden));
  root.addEventListener("keydown", (event) => event.key === "Escape" && open(false));
  root.append(button);
  // An async script may run before there is a body.
  if (document.body) document.body.append(host);
  else addEventListener("DOMContentLoaded", () => document.body.append(host));
})();
