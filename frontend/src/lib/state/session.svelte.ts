/** Who is here, what they have and what waits for them: from GET /api/me once, then from their private stream. */
import { rememberCsrfToken } from "$lib/api/http";
import { getMe } from "$lib/api/routes";
import { logOut } from "$lib/api/session";
import type { Me, Person, Wallet } from "$lib/api/types";
import { live } from "./live.svelte";
import { hearUserStream, onUserChange, onUserImage } from "./user_stream";

export const MAIN_CURRENCY = "PLY";

class Session {
  user = $state.raw<Person | null>(null);
  role = $state("");
  email = $state("");
  isEmailVerified = $state(true);
  wallets = $state.raw<Wallet[]>([]);
  unreadMessages = $state(0);
  unreadNotifications = $state(0);
  isKnown = $state(false);
  error = $state.raw<unknown>(null);
  #topic = "";
  #tabs: BroadcastChannel | null = null;
  #isLeaving = false;

  get isSignedIn(): boolean {
    return this.user !== null;
  }

  get wallet(): Wallet | undefined {
    return this.wallets.find((wallet) => wallet.currency === MAIN_CURRENCY);
  }

  /** The tabs of one browser share its cookie: they follow one another's log-in and log-out. */
  followTabs(tabs: BroadcastChannel): void {
    this.#tabs = tabs;
    tabs.onmessage = ({ data }: MessageEvent<string>) => {
      if (data !== (this.user?.id ?? "")) location.reload();
    };
  }

  take(me: Me): void {
    // What a page holds of one person must not be there for the next, or for nobody.
    if (this.user && me.user?.id !== this.user.id) return this.#isLeaving ? undefined : location.reload();
    rememberCsrfToken(me.csrf_token);
    this.role = me.role;
    this.email = me.email;
    this.isEmailVerified = me.is_email_verified;
    this.wallets = me.wallets;
    this.unreadMessages = me.unread.messages;
    this.unreadNotifications = me.unread.notifications;
    this.isKnown = true;
    this.#become(me.user);
  }

  async load(): Promise<void> {
    try {
      this.take(await getMe());
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** The cookie is another one, so the socket must introduce itself again. */
  async renew(): Promise<void> {
    await this.load();
    live.reconnect();
  }

  /** After a sign-up or a log-in here. */
  async enter(): Promise<void> {
    await this.renew();
    this.#tabs?.postMessage(this.user?.id ?? "");
  }

  /** Logs out; the page that comes, at `path`, knows nothing of whoever was here. */
  async leave(path: string): Promise<void> {
    this.#isLeaving = true;
    try {
      await logOut();
    } catch (error) {
      this.#isLeaving = false;
      throw error;
    }
    this.#tabs?.postMessage("");
    location.assign(path);
  }

  #become(user: Person | null): void {
    const topic = user ? (`user:${user.id}` as const) : "";
    this.user = user;
    if (topic === this.#topic) return;
    if (this.#topic) live.end(this.#topic);
    this.#topic = topic;
    if (topic) live.hold(topic, hearUserStream);
  }

  takeWallet(wallet: Wallet): void {
    const rest = this.wallets.filter((known) => known.currency !== wallet.currency);
    this.wallets = [...rest, wallet];
  }
}

export const session = new Session();

onUserImage((image) => {
  session.wallets = image.wallets;
  session.unreadMessages = image.unread_messages;
  session.unreadNotifications = image.unread_notifications;
});
onUserChange("wallet.changed", (change) => session.takeWallet(change.wallet));
onUserChange("slip.placed", (change) => change.wallet && session.takeWallet(change.wallet));
onUserChange("message.received", (change) => (session.unreadMessages = change.unread));
onUserChange("conversation.read", (change) => {
  if (change.reader_id === session.user?.id) session.unreadMessages = change.unread;
});
onUserChange("notification.created", (change) => (session.unreadNotifications = change.unread));
onUserChange("notification.read", (change) => (session.unreadNotifications = change.unread));
live.onSessionEnded = () => void session.renew();
