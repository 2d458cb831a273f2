import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Me } from "$lib/api/types";
import { live } from "./live.svelte";
import { session } from "./session.svelte";

const meOf = (id: string) => ({ csrf_token: "t", role: "END_USER", email: "", is_email_verified: true, wallets: [], unread: { messages: 0, notifications: 0 }, user: id ? { id, username: id } : null }) as unknown as Me;
const tabs = { postMessage: vi.fn(), onmessage: null } as unknown as BroadcastChannel;
const hear = (id: string) => tabs.onmessage?.({ data: id } as MessageEvent<string>);
let reload: ReturnType<typeof vi.fn>;
let assign: ReturnType<typeof vi.fn>;
let answers: Record<string, () => Response>;

beforeEach(() => {
  session.user = null;
  reload = vi.fn();
  assign = vi.fn();
  vi.spyOn(location, "reload").mockImplementation(reload as () => void);
  vi.spyOn(location, "assign").mockImplementation(assign as () => void);
  vi.spyOn(live, "reconnect").mockImplementation(() => undefined);
  vi.spyOn(live, "hold").mockReturnValue(() => undefined);
  vi.mocked(tabs.postMessage).mockClear();
  session.followTabs(tabs);
  answers = { GET: () => new Response(JSON.stringify(meOf("ada"))), DELETE: () => new Response("{}", { status: 401 }) };
  vi.stubGlobal("fetch", (_path: string, { method }: { method: string }) => Promise.resolve(answers[method]!()));
});

afterEach(() => vi.unstubAllGlobals());

test("a log-in here is told to the other tabs, and theirs reloads this one", async () => {
  await session.enter();
  expect([vi.mocked(tabs.postMessage).mock.calls, reload.mock.calls.length]).toEqual([[["ada"]], 0]);

  hear("ada");
  expect(reload).toHaveBeenCalledTimes(0);
  hear("ben");
  hear("");
  expect(reload).toHaveBeenCalledTimes(2);
});

test("a tab where nobody is logged in follows a log-in elsewhere", () => {
  hear("");
  expect(reload).toHaveBeenCalledTimes(0);
  hear("ada");
  expect(reload).toHaveBeenCalledTimes(1);
});

test("a page that had one person is loaded anew for the next and for nobody, and shows nothing of them", () => {
  session.take(meOf("ada"));
  session.take(meOf("ada"));
  expect(reload).toHaveBeenCalledTimes(0);

  session.take(meOf("ben"));
  session.take(meOf(""));
  expect([reload.mock.calls.length, session.user?.id]).toEqual([2, "ada"]);
});

test("a log-out is told, and leads to a new page though the session was heard to end first", async () => {
  session.take(meOf("ada"));
  answers.GET = () => new Response(JSON.stringify(meOf("")));
  answers.DELETE = () => {
    void session.renew();
    return new Response("{}", { status: 401 });
  };

  await session.leave("/");
  await vi.waitFor(() => expect(live.reconnect).toHaveBeenCalled());
  expect([vi.mocked(tabs.postMessage).mock.calls, assign.mock.calls, reload.mock.calls.length]).toEqual([[[""]], [["/"]], 0]);
});
