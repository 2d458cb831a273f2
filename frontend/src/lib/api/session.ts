/** Sign-up, log-in and log-out through allauth's headless interface, whose envelope differs from our own. */
import { send } from "./http";
import { errorOf, unreachable } from "./errors";

export interface FormErrors {
  /** By field name; "" holds what concerns the form as a whole. */
  fields: Record<string, string>;
}

export type SessionOutcome = { kind: "signed_in" } | { kind: "verify_email" } | { kind: "refused"; errors: FormErrors };
/** Of a door that lets people in: somebody may be in already, perhaps from another tab. */
export type EntryOutcome = SessionOutcome | { kind: "already" };

interface Envelope {
  status?: number;
  errors?: { message: string; code: string; param?: string }[];
  data?: { flows?: { id: string; is_pending?: boolean }[] };
  meta?: { is_authenticated?: boolean };
}

const BASE = "/_allauth/browser/v1/auth";

export interface SignUp {
  email: string;
  username: string;
  password: string;
  date_of_birth: string;
  country: string;
  accept_terms: boolean;
  marketing_consent: boolean;
}

function outcomeOf(status: number, envelope: Envelope): SessionOutcome {
  if (status === 200 && envelope.meta?.is_authenticated !== false) return { kind: "signed_in" };
  const isAwaitingEmail = envelope.data?.flows?.some((flow) => flow.id === "verify_email" && flow.is_pending);
  if (status === 401 && isAwaitingEmail) return { kind: "verify_email" };
  const fields: Record<string, string> = {};
  for (const error of envelope.errors ?? []) fields[error.param ?? ""] ??= error.message;
  if (Object.keys(fields).length === 0) fields[""] = status === 429 ? "Too many attempts. Wait a minute and try again." : "That did not work. Try again.";
  return { kind: "refused", errors: { fields } };
}

async function ask(method: string, path: string, body: unknown): Promise<{ status: number; outcome: SessionOutcome }> {
  const response = await send(method, `${BASE}${path}`, { body });
  const envelope = (await response.json().catch(() => null)) as Envelope | null;
  if (envelope === null || response.status >= 500) throw unreachable();
  return { status: response.status, outcome: outcomeOf(response.status, envelope) };
}

async function exchange(method: string, path: string, body: unknown): Promise<SessionOutcome> {
  return (await ask(method, path, body)).outcome;
}

async function enter(path: string, body: unknown): Promise<EntryOutcome> {
  const { status, outcome } = await ask("POST", path, body);
  return status === 409 ? { kind: "already" } : outcome;
}

export const signUp = (form: SignUp) => enter("/signup", form);

export const logIn = (name: string, password: string) =>
  enter("/login", name.includes("@") ? { email: name, password } : { username: name, password });

export const verifyEmail = (key: string) => exchange("POST", "/email/verify", { key });

export const requestPasswordReset = (email: string) => exchange("POST", "/password/request", { email });

export const resetPassword = (key: string, password: string) => exchange("POST", "/password/reset", { key, password });

export async function resendVerification(email: string): Promise<void> {
  const response = await send("PUT", "/_allauth/browser/v1/account/email", { body: { email } });
  if (response.status >= 400) throw await errorOf(response);
}

/** allauth answers 401 to a finished log-out: nobody is signed in any more. */
export async function logOut(): Promise<void> {
  await send("DELETE", `${BASE}/session`);
}
