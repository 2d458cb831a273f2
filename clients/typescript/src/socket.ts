/** The little of a WebSocket that the client needs, so that any implementation will do. */
export interface SocketLike {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((message: never) => void) | null;
  onclose: ((close: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export type OpenSocket = (url: string) => SocketLike;

type SocketClass = new (url: string) => SocketLike;

export function openGlobalSocket(url: string): SocketLike {
  const Global = (globalThis as { WebSocket?: unknown }).WebSocket as SocketClass | undefined;
  if (!Global) throw new Error("This runtime has no WebSocket: pass openSocket, for example (url) => new WebSocket(url) with one from a package");
  return new Global(url);
}
