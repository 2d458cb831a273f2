/** Which page answers which address. The lobby comes with the shell; every other page is fetched when it is first opened. */
import type { Route } from "$lib/router/router.svelte";
import Lobby from "./pages/Lobby.svelte";

export const ROUTES: Route[] = [
  { pattern: "/", title: "Live", load: () => Promise.resolve({ default: Lobby }) },
  { pattern: "/sports/:sport", title: "Live", load: () => Promise.resolve({ default: Lobby }) },
  { pattern: "/event/:id", title: "Match", load: () => import("./pages/Event.svelte") },
  { pattern: "/bets", title: "My bets", isPrivate: true, load: () => import("./pages/Bets.svelte") },
  { pattern: "/bets/:id", title: "Bet", isPrivate: true, load: () => import("./pages/Bet.svelte") },
  { pattern: "/wallet", title: "Wallet", isPrivate: true, load: () => import("./pages/Wallet.svelte") },
  { pattern: "/safer-play", title: "Safer play", isPrivate: true, load: () => import("./pages/SaferPlay.svelte") },
  { pattern: "/messages", title: "Messages", isPrivate: true, load: () => import("./pages/Messages.svelte") },
  { pattern: "/messages/:id", title: "Messages", isPrivate: true, load: () => import("./pages/Messages.svelte") },
  { pattern: "/pools", title: "Pools", load: () => import("./pages/Pools.svelte") },
  { pattern: "/pools/:id", title: "Pool", load: () => import("./pages/Pool.svelte") },
  { pattern: "/strategies", title: "Strategies", load: () => import("./pages/Strategies.svelte") },
  { pattern: "/strategies/new", title: "New strategy", isPrivate: true, load: () => import("./pages/StrategyForm.svelte") },
  { pattern: "/strategies/:id", title: "Strategy", load: () => import("./pages/Strategy.svelte") },
  { pattern: "/strategies/:id/edit", title: "Change a strategy", isPrivate: true, load: () => import("./pages/StrategyForm.svelte") },
  { pattern: "/leaderboards", title: "Leaderboards", load: () => import("./pages/Leaderboards.svelte") },
  { pattern: "/suggest", title: "Suggest a slip", isPrivate: true, load: () => import("./pages/Suggest.svelte") },
  { pattern: "/patterns", title: "How you bet", isPrivate: true, load: () => import("./pages/Patterns.svelte") },
  { pattern: "/community", title: "Community", load: () => import("./pages/Community.svelte") },
  { pattern: "/c/:category", title: "Community", load: () => import("./pages/Community.svelte") },
  { pattern: "/t/:id", title: "Thread", load: () => import("./pages/Thread.svelte") },
  { pattern: "/notifications", title: "Notifications", isPrivate: true, load: () => import("./pages/Notifications.svelte") },
  { pattern: "/login", title: "Log in", load: () => import("./pages/Login.svelte") },
  { pattern: "/signup", title: "Sign up", load: () => import("./pages/SignUp.svelte") },
  { pattern: "/verify", title: "Confirm your e-mail", load: () => import("./pages/Verify.svelte") },
  { pattern: "/verify/:key", title: "Confirm your e-mail", load: () => import("./pages/Verify.svelte") },
  { pattern: "/reset", title: "Reset your password", load: () => import("./pages/Reset.svelte") },
  { pattern: "/reset/:key", title: "Reset your password", load: () => import("./pages/Reset.svelte") },
];
