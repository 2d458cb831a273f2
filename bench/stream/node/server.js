// The broadcast of the documentation of `ws`: one Buffer for all, no compression, nothing encoded for each client.
// With a tick it conflates: the last entry of each market goes out in one frame per tick.
import { createSocket } from "node:dgram";
import { WebSocket, WebSocketServer } from "ws";

const [port, feedPort, image, tickMs] = process.argv.slice(2);
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port), perMessageDeflate: false, backlog: 1024 });
server.on("connection", (client) => client.on("message", () => client.send(image)));

function broadcast(update) {
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(update, { binary: false });
  }
}

const pending = new Map();
let timer = null;
let flushedAt = 0;

function flush() {
  timer = null;
  flushedAt = performance.now(); // from the beginning of a tick, as our hub's
  const entries = [...pending.values()].join(",");
  pending.clear();
  broadcast(Buffer.from(`{"op":"update","topic":"bench:prices:20","con":true,"changes":[${entries}]}`));
}

const feed = createSocket("udp4");
feed.on("message", (update) => {
  if (!Number(tickMs)) return broadcast(update);
  const [market, entry] = update.toString().split("\0");
  pending.set(market, entry);
  timer ??= setTimeout(flush, flushedAt + Number(tickMs) - performance.now());
});
feed.bind(Number(feedPort), "127.0.0.1");
