/** Starts the client: theme before the first paint, then what the shell embedded, then the socket. */
import "./styles/app.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { appearance } from "$lib/state/appearance.svelte";
import { live } from "$lib/state/live.svelte";
import { lobby } from "$lib/state/lobby.svelte";
import { now } from "$lib/state/now.svelte";
import { startClockTick } from "$lib/state/clock_tick";
import { session } from "$lib/state/session.svelte";
import { slip } from "$lib/state/slip.svelte";
import { reloadForMissingFiles } from "$lib/reload_once";
import { router } from "$lib/router/router.svelte";
import { readSnapshot } from "$lib/snapshot";

reloadForMissingFiles();
appearance.start();
const snapshot = readSnapshot(document);
if (snapshot?.lobby) lobby.takeSnapshot(snapshot.lobby);
if (snapshot?.me) session.take(snapshot.me);
router.start();
now.start();
startClockTick();
slip.restore();
mount(App, { target: document.getElementById("app")! });
session.followTabs(new BroadcastChannel("touchline.session"));
live.start();
if (!session.isKnown) void session.load();
if (!lobby.isLoaded) void lobby.load();
