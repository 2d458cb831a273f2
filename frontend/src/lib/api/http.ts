/** The one way out: JSON in and out, the CSRF header on writes, problems as ApiError, a time limit on everything. */
import { ApiError, errorOf, unreachable } from "./errors";

const TIME_LIMIT_MS = 15_000;
const CSRF_COOKIE = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/;

let lastCsrfToken = "";

/** Kept from GET /api/me for deployments where scripts cannot read the cookie. */
export function rememberCsrfToken(token: string): void {
  lastCsrfToken = token;
}

function csrfToken(): string {
  return CSRF_COOKIE.exec(document.cookie)?.[1] ?? lastCsrfToken;
}

export type Query = Record<string, string | number | null | undefined>;

export interface Sending {
  body?: unknown;
  /** Idempotency-Key: the same key with the same body is carried out once, however often it is sent. */
  key?: string;
  query?: Query | undefined;
  signal?: AbortSignal;
}

export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

export async function send(method: string, path: string, sending: Sending = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (sending.body !== undefined) headers["Content-Type"] = "application/json";
  if (sending.key) headers["Idempotency-Key"] = sending.key;
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    return await fetch(withQuery(path, sending.query), {
      method,
      headers,
      body: sending.body === undefined ? null : JSON.stringify(sending.body),
      credentials: "same-origin",
      signal: sending.signal ? AbortSignal.any([sending.signal, limit]) : limit,
    });
  } catch (error) {
    if (sending.signal?.aborted) throw error;
    throw unreachable();
  }
}

async function replyOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw await errorOf(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw unreachable();
  }
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return replyOf<T>(await send("GET", path, signal ? { query, signal } : { query }));
}

export async function post<T>(path: string, body: unknown, key?: string): Promise<T> {
  return replyOf<T>(await send("POST", path, key ? { body, key } : { body }));
}

export async function put<T>(path: string, body: unknown): Promise<T> {
  return replyOf<T>(await send("PUT", path, { body }));
}

export async function patch<T>(path: string, body: unknown): Promise<T> {
  return replyOf<T>(await send("PATCH", path, { body }));
}

export async function remove(path: string): Promise<void> {
  await replyOf<void>(await send("DELETE", path));
}

export function newKey(): string {
  // randomUUID exists only in secure contexts; a plain http address on the local network is not one.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
