// Neutral grey for a dark room; a reload must not dazzle whoever works there.

const KEPT = "dark";

export function darkens(button, changed) {
  const darken = (dark) => {
    document.documentElement.classList.toggle("dark", dark);
    button.setAttribute("aria-pressed", String(dark));
    changed();
  };
  button.addEventListener("click", () => {
    const dark = !document.documentElement.classList.contains("dark");
    sessionStorage.setItem(KEPT, String(dark));
    darken(dark);
  });
  const kept = sessionStorage.getItem(KEPT);
  darken(kept === null ? matchMedia("(prefers-color-scheme: dark)").matches : kept === "true");
}
