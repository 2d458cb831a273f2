/** Theme and movement colours. The choice is kept on this device; "system" follows it as it changes. */
export type Theme = "system" | "dark" | "light";
export type Palette = "green-red" | "blue-orange";

const BACKGROUNDS = { dark: "#0a0f14", light: "#f5f7fa" };
const prefersLight = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: light)") : null;

function stored<Value extends string>(name: string, allowed: readonly Value[], fallback: Value): Value {
  try {
    const value = localStorage.getItem(name) as Value | null;
    return value !== null && allowed.includes(value) ? value : fallback;
  } catch {
    return fallback; // storage is switched off
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // storage is switched off: the choice lasts as long as the page
  }
}

class Appearance {
  theme = $state<Theme>(stored("touchline.theme", ["system", "dark", "light"], "system"));
  palette = $state<Palette>(stored("touchline.palette", ["green-red", "blue-orange"], "green-red"));
  #systemIsLight = $state(prefersLight?.matches ?? false);

  get resolved(): "dark" | "light" {
    if (this.theme !== "system") return this.theme;
    return this.#systemIsLight ? "light" : "dark";
  }

  start(): void {
    prefersLight?.addEventListener("change", (event) => {
      this.#systemIsLight = event.matches;
      this.#apply();
    });
    this.#apply();
  }

  chooseTheme(theme: Theme): void {
    this.theme = theme;
    store("touchline.theme", theme);
    this.#apply();
  }

  choosePalette(palette: Palette): void {
    this.palette = palette;
    store("touchline.palette", palette);
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    root.dataset.theme = this.resolved;
    root.dataset.palette = this.palette;
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", BACKGROUNDS[this.resolved]);
  }
}

export const appearance = new Appearance();
