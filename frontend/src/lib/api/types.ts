/** The shapes of the HTTP interface under the names the client uses; the shapes themselves are generated. */
import type { components } from "$generated/api";

type Schemas = components["schemas"];

export type Person = Schemas["PersonReply"];
export type Wallet = Schemas["WalletReply"];
export type Me = Schemas["MeReply"];
export type Competition = Schemas["CompetitionReply"];
export type Scoreboard = Schemas["Scoreboard"];
export type EventRow = Schemas["EventRow"];
export type Lobby = Schemas["LobbyReply"];
export type Incident = Schemas["IncidentReply"];
export type EventDetail = Schemas["EventDetail"];
export type Selection = Schemas["SelectionReply"];
export type Market = Schemas["MarketReply"];
export type Markets = Schemas["MarketsReply"];
export type LobbyPrice = Schemas["LobbyPrice"];
export type LobbyPrices = Schemas["LobbyPricesReply"];
export type PricePoint = Schemas["PricePointReply"];
export type PriceHistory = Schemas["PriceHistoryReply"];
export type Insight = Schemas["InsightReply"];
export type PlaceSlip = Schemas["PlaceSlipCommand"];
export type PricePolicy = NonNullable<PlaceSlip["price_policy"]>;
export type Slip = Schemas["SlipReply"];
export type SlipSummary = Schemas["SlipSummaryReply"];
export type Settlement = Schemas["SettlementReply"];
export type SlipLeg = Slip["legs"][number];
export type CashOutValue = Schemas["CashOutValueReply"];
export type CashOutQuote = Schemas["CashOutQuoteReply"];
export type CashOut = Schemas["CashOutReply"];
export type Pool = Schemas["PoolReply"];
export type PoolPage = Schemas["PoolPageReply"];
export type PoolEntry = Schemas["PoolEntryReply"];
export type OpenPool = Schemas["OpenPoolCommand"];
export type StrategyRow = Schemas["StrategyRow"];
export type Strategy = Schemas["StrategyReply"];
export type StrategyRules = Strategy["rules"];
export type Evaluation = Schemas["EvaluationReply"];
export type EvaluationDetail = Schemas["EvaluationDetail"];
export type Metrics = Schemas["EvaluationMetrics"];
export type Paper = Schemas["PaperReply"];
export type PaperBet = Schemas["PaperBetReply"];
export type Language = Schemas["LanguageReply"];
export type Suggestion = Schemas["SuggestionReply"];
export type Suggest = Schemas["SuggestCommand"];
export type Patterns = Schemas["PatternsReply"];
export type MarketKind = Schemas["MarketKindReply"];
export type MarketRules = Schemas["MarketRulesReply"];
export type OutsideOdds = Schemas["OutsideOddsReply"];
export type Transaction = Schemas["TransactionReply"];
export type Message = Schemas["MessageReply"];
export type Conversation = Schemas["ConversationReply"];
export type ConversationRead = Schemas["UnreadReply"];
export type Category = Schemas["CategoryReply"];
export type ThreadRow = Schemas["ThreadRowReply"];
export type PostReply = Schemas["PostReplyReply"];
export type Thread = Schemas["ThreadReply"];
export type PostThread = Schemas["PostThreadCommand"];
export type FileReport = Schemas["FileReportCommand"];
export type Report = Schemas["ReportReply"];
export type Notification = Schemas["NotificationReply"];
export type NotificationsRead = Schemas["UnreadNotificationsReply"];

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}
