/** Frames that are answered by a `reply`: each ends with its answer, its refusal, its time limit, or the connection. */
import { CallRefused, FrameTooLarge, NotConnected, OutcomeUnknown } from "./errors.js";
import type { ClientFrame, ErrorFrame, Problem, ReplyFrame, SocketLimits } from "./frames.js";

export interface RequestDesk {
  readonly isOpen: boolean;
  takeId(): number;
  send(frame: ClientFrame): void;
}

export interface Asked {
  name: string;
  key: string;
  frame: (id: number) => ClientFrame;
  /** Sent again with the same key after a lost connection, instead of ending as an unknown outcome. */
  repeats: boolean;
  timeoutMs: number;
  /** Counts towards the server's limit on commands under way. */
  isCall: boolean;
}

interface Pending extends Asked {
  id: number | null;
  wasSent: boolean;
  timer: ReturnType<typeof setTimeout>;
  resolve: (ok: unknown) => void;
  reject: (error: Error) => void;
}

const NO_LIMITS = { calls_in_flight: 1, frame_bytes: 16_384 };

export class Requests {
  /** In the order they were asked for. */
  #pending = new Set<Pending>();
  #limits: Pick<SocketLimits, "calls_in_flight" | "frame_bytes"> = NO_LIMITS;

  constructor(private readonly desk: RequestDesk) {}

  /** The answer's `ok`. Rejects with CallRefused, OutcomeUnknown, NotConnected or FrameTooLarge. */
  ask(asked: Asked): Promise<unknown> {
    if (!this.desk.isOpen && !asked.repeats) return Promise.reject(new NotConnected());
    const bytes = countBytes(JSON.stringify(asked.frame(0)));
    if (bytes > this.#limits.frame_bytes) return Promise.reject(new FrameTooLarge(bytes, this.#limits.frame_bytes));
    return new Promise((resolve, reject) => {
      const pending: Pending = { ...asked, id: null, wasSent: false, resolve, reject, timer: setTimeout(() => this.#giveUp(pending), asked.timeoutMs) };
      this.#pending.add(pending);
      this.#sendWaiting();
    });
  }

  welcome(limits: SocketLimits): void {
    this.#limits = limits;
    this.#sendWaiting();
  }

  lose(): void {
    for (const pending of this.#pending) {
      pending.id = null;
      if (!pending.repeats) this.#end(pending, () => pending.reject(unanswered(pending, "connection_lost")));
    }
  }

  /** Nothing is repeated: the client is closed, or speaks for somebody else from now on. */
  abandon(): void {
    for (const pending of this.#pending) this.#end(pending, () => pending.reject(unanswered(pending, "connection_lost")));
  }

  /** False if the reply answers nothing that is pending here. */
  reply(frame: ReplyFrame): boolean {
    return frame.error ? this.#refuse(frame.ref, frame.error) : this.#answer(frame.ref, (pending) => pending.resolve(frame.ok));
  }

  /** A refusal that came as an `error` frame: the server could not read the request as one. */
  fail(frame: ErrorFrame): boolean {
    return this.#refuse(frame.ref, frame);
  }

  #refuse(ref: ErrorFrame["ref"], problem: Problem | ErrorFrame): boolean {
    return this.#answer(ref, (pending) => pending.reject(new CallRefused(pending.name, problem)));
  }

  #answer(ref: ErrorFrame["ref"], settle: (pending: Pending) => void): boolean {
    if (typeof ref !== "number") return false;
    for (const pending of this.#pending) {
      if (pending.id !== ref) continue;
      this.#end(pending, () => settle(pending));
      this.#sendWaiting();
      return true;
    }
    return false;
  }

  #sendWaiting(): void {
    if (!this.desk.isOpen) return;
    let room = this.#limits.calls_in_flight - [...this.#pending].filter((pending) => pending.isCall && pending.id !== null).length;
    for (const pending of this.#pending) {
      if (pending.id !== null || (pending.isCall && room <= 0)) continue;
      if (pending.isCall) room -= 1;
      pending.id = this.desk.takeId();
      pending.wasSent = true;
      this.desk.send(pending.frame(pending.id));
    }
  }

  #giveUp(pending: Pending): void {
    this.#end(pending, () => pending.reject(unanswered(pending, "no_answer_in_time")));
    this.#sendWaiting();
  }

  #end(pending: Pending, settle: () => void): void {
    clearTimeout(pending.timer);
    this.#pending.delete(pending);
    settle();
  }
}

function unanswered(pending: Pending, reason: OutcomeUnknown["reason"]): Error {
  return pending.wasSent ? new OutcomeUnknown(pending.name, pending.key, reason) : new NotConnected();
}

/** The length in UTF-8, which is what the server counts. */
function countBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
