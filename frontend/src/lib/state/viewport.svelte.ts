/** Whether there is room for the third column; the slip is in one place only, never hidden in a second. */
const wide = typeof matchMedia === "function" ? matchMedia("(min-width: 1024px)") : null;

class Viewport {
  isWide = $state(wide?.matches ?? true);

  constructor() {
    wide?.addEventListener("change", (event) => (this.isWide = event.matches));
  }
}

export const viewport = new Viewport();
