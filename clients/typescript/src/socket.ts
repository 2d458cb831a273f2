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

const CONNECTING = 0;
const HANDSHAKE_MS = 4_000;

export function closeAtOnce(socket: SocketLike, code: number): void {
  socket.close(code);
}

/**
 * Ends a socket that nobody wants any more though it did nothing wrong. Browsers complain in the console of one that is
 * closed before its handshake is through, so such a one closes once it has opened, or after some seconds.
 */
export function closeInOrder(socket: SocketLike, code: number): void {
  if (socket.readyState !== CONNECTING) return closeAtOnce(socket, code);
  const close = (): void => {
    clearTimeout(timer);
    socket.close(code);
  };
  const timer = setTimeout(close, HANDSHAKE_MS);
  socket.onopen = close;
  socket.onclose = socket.onerror = () => clearTimeout(timer);
}
