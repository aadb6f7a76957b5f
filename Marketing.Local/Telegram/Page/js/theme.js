// Light or dark as the system says, until somebody chooses; the choice is kept.
const KEY = "theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function applyTheme() {
  const chosen = localStorage.getItem(KEY);
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function toggleTheme() {
  const isDark = (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  localStorage.setItem(KEY, isDark ? "light" : "dark");
  applyTheme();
}
