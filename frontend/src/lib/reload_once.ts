/** After a deployment an old page asks for files that are gone: a reload brings the new page, once. */
const RELOADED_FOR = "touchline.reloaded";

/** Without a connection the file only did not come, and a reload would lose the page: it waits until the server answers. */
async function reload(): Promise<void> {
  if (sessionStorage.getItem(RELOADED_FOR) === document.title) return;
  try {
    await fetch("/api/health", { cache: "no-store" });
  } catch {
    return;
  }
  sessionStorage.setItem(RELOADED_FOR, document.title);
  location.reload();
}

export function reloadForMissingFiles(): void {
  addEventListener("vite:preloadError", () => void reload());
}
