/** Every route the client uses, typed once. */
import { get, post, put } from "./http";
import type {
  CashOut, CashOutQuote, CashOutValue, Category, Conversation, ConversationRead, EventDetail, FileReport, FreeBet, Lobby, LobbyPrices, MarketRules, Markets, Me, Message, Notification,
  NotificationsRead, OpenPool, OutsideOdds, Page, Person, PlaceSlip, Pool, PoolEntry, PoolPage, PostReply, PostThread, PriceHistory, Report, RequestWithdrawal, Settlement, Slip, SlipQuote, SlipSummary, Thread, ThreadRow, Transaction, Wallets, Withdrawal,
} from "./types";

const part = encodeURIComponent;

export const getMe = () => get<Me>("/api/me");
export const getLobby = () => get<Lobby>("/api/lobby");
export const getLobbyPrices = () => get<LobbyPrices>("/api/prices/lobby");
export const getEvent = (id: string) => get<EventDetail>(`/api/events/${part(id)}`);
export const getMarkets = (id: string) => get<Markets>(`/api/events/${part(id)}/markets`);
export const getPriceHistory = (id: string, marketId: string) =>
  get<PriceHistory>(`/api/events/${part(id)}/price-history`, { market_id: marketId });
export const getMarketRules = (sport: string) => get<MarketRules>("/api/market-rules", { sport });
export const getOutsideOdds = (id: string) => get<OutsideOdds>(`/api/events/${part(id)}/outside-odds`);
export const getEventThread = (id: string) => get<Thread>(`/api/events/${part(id)}/thread`);

export const placeSlip = (command: PlaceSlip, key: string) => post<Slip>("/api/slips", command, key);
export const quoteSlip = (command: PlaceSlip) => post<SlipQuote>("/api/slips/quote", command);
export const listFreeBets = () => get<FreeBet[]>("/api/free-bets");
export const getSlip = (id: string) => get<Slip>(`/api/slips/${part(id)}`);
export const listSlips = (status: "open" | "settled" | "all", cursor?: string | null) => get<Page<Slip>>("/api/slips", { status, cursor });
export const getSlipSummary = (currency: string) => get<SlipSummary>("/api/slips/summary", { currency });
export const getSettlements = (id: string) => get<{ settlements: Settlement[] }>(`/api/slips/${part(id)}/settlements`);
export const getCashOut = (slipId: string) => get<CashOutValue>(`/api/slips/${part(slipId)}/cash-out`);
export const quoteCashOut = (slipId: string, stake: string | null) => post<CashOutQuote>(`/api/slips/${part(slipId)}/cash-out/quote`, { stake });
export const takeCashOut = (slipId: string, quoteId: string, key: string) => post<CashOut>(`/api/slips/${part(slipId)}/cash-out`, { quote_id: quoteId }, key);
export const setCashOutTarget = (slipId: string, target: string | null) => put<Slip>(`/api/slips/${part(slipId)}/cash-out/target`, { target });
export const getWallets = () => get<Wallets>("/api/wallet");
export const listTransactions = (currency: string, cursor?: string | null) =>
  get<Page<Transaction>>("/api/wallet/transactions", { currency, cursor });
export const listWithdrawals = (cursor?: string | null) => get<Page<Withdrawal>>("/api/withdrawals", { cursor });
export const requestWithdrawal = (command: RequestWithdrawal, key: string) => post<Withdrawal>("/api/withdrawals", command, key);
export const cancelWithdrawal = (id: string) => post<Withdrawal>(`/api/withdrawals/${part(id)}/cancel`, {});

export type PoolScope = "open" | "settled" | "mine";
export const listPools = (scope: PoolScope, cursor?: string | null) => get<Page<Pool>>("/api/pools", { scope, cursor });
export const getPool = (id: string) => get<PoolPage>(`/api/pools/${part(id)}`);
export const openPool = (command: OpenPool, key: string) => post<PoolPage>("/api/pools", command, key);
export const joinPool = (id: string, joinCode: string) => post<PoolPage>(`/api/pools/${part(id)}/join`, { join_code: joinCode });
export const enterPool = (id: string, selectionId: string, stake: string, key: string) => post<PoolEntry>(`/api/pools/${part(id)}/entries`, { selection_id: selectionId, stake }, key);
export const cancelPool = (id: string) => post<PoolPage>(`/api/pools/${part(id)}/cancel`, {});

export const findPeople = (q: string, signal?: AbortSignal) => get<Person[]>("/api/people", { q }, signal);
export const listConversations = (cursor?: string | null) => get<Page<Conversation>>("/api/conversations", { cursor });
export const startConversation = (username: string) => post<Conversation>("/api/conversations", { username });
export const listMessages = (id: string, cursor?: string | null) =>
  get<Page<Message>>(`/api/conversations/${part(id)}/messages`, { cursor });
export const sendMessage = (id: string, body: string, key: string) => post<Message>(`/api/conversations/${part(id)}/messages`, { body }, key);
export const markConversationRead = (id: string, seq: number) => post<ConversationRead>(`/api/conversations/${part(id)}/read`, { seq });

export const listCategories = () => get<Category[]>("/api/categories");
export const listThreads = (category: string | null, cursor?: string | null) => get<Page<ThreadRow>>("/api/threads", { category, cursor });
export const getThread = (id: string) => get<Thread>(`/api/threads/${part(id)}`);
export const postThread = (command: PostThread, key: string) =>
  post<Thread>("/api/threads", command, key);
export const postReply = (id: string, content: string, key: string) => post<PostReply>(`/api/threads/${part(id)}/replies`, { content }, key);
export const fileReport = (command: FileReport, key: string) => post<Report>("/api/reports", command, key);

export const listNotifications = (cursor?: string | null) => get<Page<Notification>>("/api/notifications", { cursor });
export const markNotificationsRead = (ids: string[] | null) => post<NotificationsRead>("/api/notifications/read", { ids });
