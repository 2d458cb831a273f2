/** A server of a few topics over real TCP, small enough to be trusted, whose connections can be cut after any byte. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { welcomeOf } from "./stage.js";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const OPCODE = { text: 0x1, close: 0x8 };

interface Request {
  topic: string;
  since?: string;
}

interface ClientText {
  op: string;
  id?: number;
  key?: string;
  topics?: Request[];
}

export class SocketServer {
  readonly epoch = "x";
  readonly log: { seq: number; type: string }[] = [];
  readonly prices = new Map<string, [version: number, value: object]>();
  /** How often each key was carried out, and how often it was asked for. */
  readonly done = new Set<string>();
  callsHeard = 0;
  connections = 0;
  /** After how many bytes the next connections are cut; none when it is empty. */
  cuts: number[] = [];
  #open = new Set<Speaker>();
  #server: Server = createServer();

  async listen(): Promise<string> {
    this.#server.on("upgrade", (request: IncomingMessage, socket: Socket) => this.#accept(request, socket));
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws/v1/`;
  }

  async stop(): Promise<void> {
    for (const speaker of this.#open) speaker.socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** One more change on every topic. */
  publish(): void {
    const seq = this.log.length + 1;
    this.log.push({ seq, type: "slip.placed" });
    const key = `k${seq % 5}`;
    this.prices.set(key, [seq, { odds: `${seq}.00` }]);
    for (const speaker of this.#open) {
      if (speaker.topics.has("user:1")) speaker.say({ op: "update", topic: "user:1", pt: Date.now(), pos: `x:${seq}`, changes: [this.log.at(-1)] });
      if (speaker.topics.has("lobby:prices")) speaker.say({ op: "update", topic: "lobby:prices", pt: Date.now(), pos: `v:${seq}`, con: true, changes: [[key, ...this.prices.get(key)!]] });
    }
  }

  drain(): void {
    for (const speaker of this.#open) speaker.leave({ op: "bye", code: 4503, reconnect: true, retry_ms: 10 });
  }

  #accept(request: IncomingMessage, socket: Socket): void {
    this.connections += 1;
    const speaker = new Speaker(socket, this.cuts.shift() ?? Infinity, this.connections % 2 === 0);
    this.#open.add(speaker);
    socket.on("close", () => this.#open.delete(speaker));
    socket.on("error", () => undefined);
    socket.on("data", (data: Buffer) => {
      for (const text of speaker.read(data)) this.#hear(speaker, JSON.parse(text) as ClientText);
    });
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
    speaker.write(Buffer.from(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`));
  }

  #hear(speaker: Speaker, frame: ClientText): void {
    if (frame.op === "hello") speaker.say(welcomeOf());
    if (frame.op === "ping") speaker.say({ op: "reply", ref: frame.id, ok: { t: Date.now() } });
    if (frame.op === "subscribe") for (const request of frame.topics!) this.#join(speaker, request, frame.id!);
    if (frame.op === "call") {
      this.callsHeard += 1;
      this.done.add(frame.key!);
      speaker.say({ op: "reply", ref: frame.id, ok: { id: frame.key } });
    }
  }

  #join(speaker: Speaker, { topic, since }: Request, ref: number): void {
    speaker.topics.add(topic);
    const head = `x:${this.log.length}`;
    if (topic === "lobby:prices") {
      const entries = [...this.prices].map(([key, [version, value]]) => [key, version, value]);
      entries.forEach((entry, segment) =>
        speaker.say({ op: "subscribed", ref, topic, lane: "conflated", pos: "v:1", image: { entries: [entry] }, segment, segments: entries.length }),
      );
      if (entries.length === 0) speaker.say({ op: "subscribed", ref, topic, lane: "conflated", pos: "v:0", image: { entries: [] } });
    } else if (since === undefined) speaker.say({ op: "subscribed", ref, topic, lane: "sequenced", pos: head, image: { seen: this.log.map(({ seq }) => seq) } });
    else {
      speaker.say({ op: "subscribed", ref, topic, lane: "sequenced", pos: head, resumed: true });
      const missed = this.log.slice(Number(since.split(":")[1]));
      if (missed.length > 0) speaker.say({ op: "update", topic, pt: Date.now(), pos: head, changes: missed });
    }
  }
}

/** One connection: frames out up to its cut, masked frames in. */
class Speaker {
  readonly topics = new Set<string>();
  #rest = Buffer.alloc(0);

  constructor(
    readonly socket: Socket,
    private left: number,
    private readonly resets: boolean,
  ) {}

  say(frame: object): void {
    this.#frame(OPCODE.text, Buffer.from(JSON.stringify(frame)));
  }

  leave(bye: { code: number } & Record<string, unknown>): void {
    this.say(bye);
    const code = Buffer.alloc(2);
    code.writeUInt16BE(bye.code);
    this.#frame(OPCODE.close, code);
    this.socket.end();
  }

  write(bytes: Buffer): void {
    if (this.left <= 0) return;
    const part = bytes.subarray(0, this.left);
    this.left -= bytes.length;
    this.socket.write(part, () => {
      if (this.left > 0) return;
      if (this.resets) this.socket.resetAndDestroy();
      else this.socket.destroy();
    });
  }

  /** The texts of the frames that are complete. */
  read(data: Buffer): string[] {
    this.#rest = Buffer.concat([this.#rest, data]);
    const texts: string[] = [];
    for (;;) {
      if (this.#rest.length < 2) return texts;
      const short = this.#rest[1]! & 0x7f;
      const start = short === 126 ? 4 : 2;
      const length = short === 126 ? this.#rest.readUInt16BE(2) : short;
      if (this.#rest.length < start + 4 + length) return texts;
      const mask = this.#rest.subarray(start, start + 4);
      const payload = this.#rest.subarray(start + 4, start + 4 + length).map((byte, index) => byte ^ mask[index % 4]!);
      if ((this.#rest[0]! & 0x0f) === OPCODE.text) texts.push(Buffer.from(payload).toString());
      this.#rest = this.#rest.subarray(start + 4 + length);
    }
  }

  #frame(opcode: number, payload: Buffer): void {
    const long = payload.length > 125;
    const header = Buffer.alloc(long ? 4 : 2);
    header[0] = 0x80 | opcode;
    header[1] = long ? 126 : payload.length;
    if (long) header.writeUInt16BE(payload.length, 2);
    this.write(Buffer.concat([header, payload]));
  }
}
