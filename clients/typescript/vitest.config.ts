import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests of the client's rules hear it as a stranger would: as it is built and published.
  resolve: { alias: { "touchline-client": fileURLToPath(new URL("./dist/index.js", import.meta.url)) } },
  // Node 20 has a WebSocket only when it is asked for.
  test: {
    environment: "node",
    include: ["tests/**/*.test.ts"],
    restoreMocks: true,
    pool: "forks",
    execArgv: ["--experimental-websocket", "--no-warnings"],
    // Compiling and packing take their time on a busy machine; nothing here waits for a clock.
    testTimeout: 60_000,
  },
});
