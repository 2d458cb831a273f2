/** Everything a command or a topic may be refused with, each told apart by its class and, from the server, its `code`. */
import type { ErrorFrame, Problem } from "./frames.js";

export class TouchlineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** The server said no, and nothing was done. `problem` holds all it said, `code` is what to decide by. */
export class Refused extends TouchlineError {
  constructor(readonly problem: Problem | ErrorFrame) {
    super(problem.detail || problem.title);
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The same again, a little later, may pass. */
  get isRetryable(): boolean {
    return this.problem.retryable;
  }

  /** How long the server asks to wait first, where it says so. */
  get retryAfterMs(): number | undefined {
    const wait = this.problem.retry_after_ms;
    return typeof wait === "number" ? wait : undefined;
  }
}

export class CallRefused extends Refused {
  constructor(
    readonly callName: string,
    problem: Problem | ErrorFrame,
  ) {
    super(problem);
  }
}

export class TopicRefused extends Refused {
  constructor(
    readonly topic: string,
    problem: Problem | ErrorFrame,
  ) {
    super(problem);
  }
}

/** No answer came, so nobody here knows whether the command was carried out. Repeated with the same key it is done once. */
export class OutcomeUnknown extends TouchlineError {
  constructor(
    readonly callName: string,
    readonly key: string,
    readonly reason: "connection_lost" | "no_answer_in_time",
  ) {
    super(`No answer to ${callName}: unknown outcome, repeat with the same key`);
  }
}

/** There is no connection, so nothing was sent and nothing was done. */
export class NotConnected extends TouchlineError {
  constructor() {
    super("Not connected: nothing was sent");
  }
}

/** The server would close the socket over a frame of this size, so it was not sent. */
export class FrameTooLarge extends TouchlineError {
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`The frame has ${bytes} bytes; the server takes ${limit}`);
  }
}

/** The client was closed, by us or for good by the server. */
export class Closed extends TouchlineError {
  constructor() {
    super("The client is closed");
  }
}
