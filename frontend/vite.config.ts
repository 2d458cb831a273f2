import tailwindcss from "@tailwindcss/vite";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The entry decides the theme, so the first paint waits for it: no flash of the wrong colours, and no inline script. */
function paintAfterEntry(): Plugin {
  return {
    name: "paint-after-entry",
    transformIndexHtml: {
      order: "post",
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  };
}

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const backend = process.env.TOUCHLINE_BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [svelte(), tailwindcss(), svelteTesting(), paintAfterEntry()],
  resolve: {
    alias: {
      $lib: folder("./src/lib"),
      $components: folder("./src/components"),
      $generated: folder("./src/generated"),
      // The sources of the published package: docs/decisions/0007 says why.
      "touchline-client": folder("../clients/typescript/src/index.ts"),
    },
  },
  build: {
    target: "es2022",
    outDir: "dist",
    assetsDir: "assets",
    // A data: URL would need its own allowance in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    fs: { allow: [".", "../clients/typescript"] },
    proxy: Object.fromEntries(
      ["/api", "/_allauth", "/admin", "/ws"].map((path) => [path, { target: backend, ws: path === "/ws" }]),
    ),
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"], restoreMocks: true },
});
