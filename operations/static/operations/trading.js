// The live trading desk. It reads /api/desk once a second, hears one event's prices and exposure on the event stream, and
// changes nothing but by a POST with the page's CSRF proof and a reason.

const REFRESH_MS = 1000;
const part = (id) => document.getElementById(id);
const proof = document.querySelector("#proof input[name=csrfmiddlewaretoken]").value;
const hasBackOffice = "backOffice" in document.body.dataset;
const STATES = { open: "Open", stopped: "Stopped by the match", suspended: "Suspended", switched_off: "Switched off" };

const REFUSALS = { 401: "you are logged out. Load this page again to log in.", 403: "the desk is no longer yours." };

function make(tag, { text, className, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined) element.append(...inPieces(text));
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A score such as 6-4 stays in one piece: a line would break at its hyphen. */
function inPieces(text) {
  return text.split(/(\d+-\d+)/).map((piece, place) => (place % 2 === 1 ? make("span", { className: "whole" }, piece) : piece));
}

/** Write only what differs, so that nothing flickers and focus stays. */
function write(element, text, className) {
  if (element.textContent !== text) element.replaceChildren(...inPieces(text));
  if (className !== undefined && element.className !== className) element.className = className;
}

async function send(path, body, key) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": proof, "Idempotency-Key": key },
    body,
  });
  if (answer.ok) return;
  const problem = await answer.json().catch(() => ({}));
  const fields = (problem.errors ?? []).map(sayField).join(" ");
  throw new Error(fields || problem.detail || problem.title || `The server answered ${answer.status}`);
}

const FIELDS = { "/odds": "Price", "/reason": "Reason" };
const WORDS = { string_pattern_mismatch: "write it such as 2.50", string_too_short: "say a little more" };

function sayField({ pointer, code, message }) {
  return `${FIELDS[pointer] ?? pointer}: ${WORDS[code] ?? message}.`;
}

// Asking for the reason -----------------------------------------------------------------------------------------------
const dialog = part("ask");
let pending = null;

/** randomUUID exists only in secure contexts; a plain http address on the local network is not one. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Pressed again without an answer it is the same command; another price or reason is another one. */
function keyOf(body) {
  if (pending.sent !== body) Object.assign(pending, { sent: body, key: newKey() });
  return pending.key;
}

function ask({ title, text, submit, path, body, odds }) {
  pending = { path, body, odds };
  write(part("ask-title"), title);
  write(part("ask-text"), text);
  write(part("ask-submit"), submit);
  for (const id of ["ask-odds", "ask-odds-label"]) part(id).hidden = odds === undefined;
  part("ask-odds").value = odds ?? "";
  part("ask-reason").value = "";
  part("ask-problem").hidden = true;
  dialog.showModal();
  part(odds === undefined ? "ask-reason" : "ask-odds").focus();
}

part("ask-cancel").addEventListener("click", () => dialog.close());
part("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { path, body, odds } = pending;
  const reason = part("ask-reason").value.trim();
  try {
    const price = odds === undefined ? {} : { odds: part("ask-odds").value.trim() || null };
    const text = JSON.stringify({ ...body, reason, ...price });
    await send(path, text, keyOf(text));
    dialog.close();
    await refresh();
    if (opened) await readMarkets(opened);
  } catch (refusal) {
    part("ask-problem").hidden = false;
    write(part("ask-problem"), refusal.message);
  }
});

function askToStop({ name, path, isStopped }) {
  ask({
    title: isStopped ? `Resume ${name}?` : `Stop ${name}?`,
    text: isStopped ? "Bets are taken again, at the prices of now." : "No bet is taken from the moment this is confirmed.",
    submit: isStopped ? "Resume" : "Stop",
    path,
    body: { is_stopped: !isStopped },
  });
}

// Switches and events -------------------------------------------------------------------------------------------------
const rows = new Map();
let opened = null;

function rowOf(list, key, build) {
  let row = rows.get(key);
  if (!row) {
    row = build();
    rows.set(key, row);
    list.append(row.element);
  }
  row.seen = true;
  return row;
}

function showSwitch(one) {
  const row = rowOf(part("switches"), `switch:${one.scope}`, () => {
    const name = make("strong", { text: one.name });
    const state = make("span");
    const press = make("button", { type: "button" });
    press.addEventListener("click", () => askToStop({ ...row.press, path: `/api/desk/switches/${encodeURIComponent(one.scope)}` }));
    const row = { element: make("li", {}, name, state, press), state, button: press };
    return row;
  });
  row.press = { name: one.scope === "all" ? "all betting" : one.name, isStopped: one.is_stopped };
  write(row.state, one.is_stopped ? `Stopped: ${one.reason}` : "On", one.is_stopped ? "state-switched_off" : "state-open");
  write(row.button, one.is_stopped ? "Resume" : "Stop", one.is_stopped ? "" : "danger");
  row.button.setAttribute("aria-label", `${one.is_stopped ? "Resume" : "Stop"} ${one.name}`);
}

const sums = (money, field) => money.map((one) => `${one[field]} ${one.currency}`).join(", ") || "-";

function showEvent(event) {
  const row = rowOf(part("events"), `event:${event.id}`, () => {
    const open = make("button", { type: "button", className: "link", text: event.name });
    open.addEventListener("click", () => openEvent(event.id, event.name));
    const cells = Object.fromEntries(
      ["score", "state", "open", "suspended", "stakes", "worst"].map((name, place) => [name, make("td", { className: place > 1 ? "number" : "" })]),
    );
    const press = make("button", { type: "button" });
    press.addEventListener("click", () => askToStop({ ...row.press, path: `/api/desk/events/${event.id}/stop` }));
    const row = { cells, button: press };
    row.element = make("tr", {}, make("th", { scope: "row" }, open), ...Object.values(cells), make("td", {}, press));
    return row;
  });
  const isStopped = event.state === "suspended";
  row.press = { name: event.name, isStopped };
  write(row.cells.score, event.status === "scheduled" ? "Not begun" : `${event.score} ${event.clock}`);
  const why = event.state === "stopped" && event.stop_reason ? `: ${event.stop_reason.replaceAll("_", " ")}` : "";
  write(row.cells.state, STATES[event.state] + why, `state-${event.state}`);
  write(row.cells.open, String(event.markets_open));
  write(row.cells.suspended, String(event.markets_suspended));
  write(row.cells.stakes, sums(event.exposure, "stakes"));
  const isLoss = event.exposure.some((one) => Number(one.worst) > 0);
  write(row.cells.worst, sums(event.exposure, "worst"), isLoss ? "number loss" : "number");
  write(row.button, isStopped ? "Resume" : "Suspend", isStopped ? "" : "danger");
  row.button.setAttribute("aria-label", `${isStopped ? "Resume" : "Suspend"} ${event.name}`);
}

async function refresh() {
  const answer = await fetch("/api/desk", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(REFUSALS[answer.status] ?? `The desk answered ${answer.status}`);
  const desk = await answer.json();
  for (const row of rows.values()) row.seen = false;
  desk.switches.forEach(showSwitch);
  desk.events.forEach(showEvent);
  for (const [key, row] of rows) {
    if (row.seen) continue;
    row.element.remove();
    rows.delete(key);
  }
  part("no-events").hidden = desk.events.length > 0;
  write(part("waiting"), String(desk.waiting));
}

async function keepFresh() {
  if (document.visibilityState === "visible") {
    try {
      await refresh();
      if (selections.size > 0) await readHeld();
      write(part("connection"), "Live");
      part("problem").hidden = true;
    } catch (failure) {
      write(part("connection"), "Delayed");
      part("problem").hidden = false;
      write(part("problem"), `What is shown may be old: ${failure.message}`);
    }
  }
  setTimeout(keepFresh, REFRESH_MS);
}

// One event's markets -------------------------------------------------------------------------------------------------
let stream = null;
const markets = new Map();
const selections = new Map();

async function openEvent(id, name) {
  opened = id;
  part("markets-part").hidden = false;
  write(part("markets-title"), `Markets: ${name}`);
  stream?.close();
  try {
    await readMarkets(id);
  } catch (failure) {
    // Never another event's markets under this one's name.
    part("markets").replaceChildren(make("p", { text: `These could not be read: ${failure.message}`, role: "alert" }));
    return;
  }
  const query = new URLSearchParams([["topic", `event:${id}:prices`], ["topic", `desk:exposure:${id}`], ["conflate_ms", "250"]]);
  stream = new EventSource(`/api/stream?${query}`);
  stream.addEventListener("subscribed", (event) => apply(JSON.parse(event.data).image?.entries ?? []));
  stream.addEventListener("update", (event) => apply(JSON.parse(event.data).changes));
  part("markets-part").scrollIntoView({ block: "start" });
}

async function readJson(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

async function readMarkets(id) {
  const [listed, exposure] = await Promise.all([`/api/events/${id}/markets`, `/api/desk/events/${id}/exposure`].map(readJson));
  if (id !== opened) return;
  markets.clear();
  selections.clear();
  part("markets").replaceChildren(...listed.markets.map(buildMarket));
  exposure.forEach(showExposure);
  await readHeld();
}

function buildMarket(market) {
  const state = make("span");
  const worst = make("span", { className: "number" });
  const press = make("button", { type: "button" });
  const shown = { state, worst, press, name: market.name };
  press.addEventListener("click", () => askToStop({ name: market.name, isStopped: shown.isStopped, path: `/api/desk/markets/${market.id}/stop` }));
  // The proposals are made in the back office, which opens for the staff alone.
  const more = hasBackOffice ? [make("a", { text: "Void, settle, deduct", href: `/admin/betting/market/${market.id}/change/`, "aria-label": `Void, settle or deduct: ${market.name}` })] : [];
  markets.set(market.id, shown);
  showMarket(market);
  const head = ["Selection", "Price", "Net stakes", "Would pay", "Loss if it wins", ""].map((text, place) =>
    make("th", { scope: "col", text, className: place ? "number" : "" }),
  );
  const body = make("tbody", {}, ...market.selections.map((one) => buildSelection(market, one)));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), body);
  return make("article", { className: "market" }, make("header", {}, make("h3", { text: market.name }), state, worst, ...more, press), table);
}

function buildSelection(market, one) {
  const cells = Object.fromEntries(["price", "stake", "payout", "loss"].map((name) => [name, make("td", { className: "number", text: "-" })]));
  write(cells.price, one.odds ?? "-");
  const hold = make("button", { type: "button" });
  selections.set(one.id, { ...cells, hold, name: `${one.name}, ${market.name}` });
  showHold(selections.get(one.id), false);
  hold.addEventListener("click", () =>
    ask({
      title: `Hold the price of ${one.name}?`,
      text: "It stays at this price whatever the model says. Leave the price empty to give it back to the model.",
      submit: "Set the price",
      path: `/api/desk/selections/${one.id}/hold`,
      body: {},
      odds: cells.price.textContent === "-" ? "" : cells.price.textContent,
    }),
  );
  return make("tr", {}, make("th", { scope: "row", text: one.name }), ...Object.values(cells), make("td", {}, hold));
}

function showHold({ hold, name }, isHeld) {
  write(hold, isHeld ? "Held" : "Hold", isHeld ? "held" : "");
  hold.setAttribute("aria-label", `${isHeld ? "Held, change" : "Hold"} the price of ${name}`);
}

/** Which prices of the opened event the desk holds, whoever of it set them. */
async function readHeld() {
  const id = opened;
  const held = new Set((await readJson(`/api/desk/events/${id}/held`)).map((one) => one.selection_id));
  if (id === opened) for (const [key, cells] of selections) showHold(cells, held.has(key));
}

function showMarket(market) {
  const shown = markets.get(market.id);
  if (!shown) return;
  shown.isStopped = market.status === "suspended";
  write(shown.state, market.status.replaceAll("_", " "), market.status === "active" ? "state-open" : "state-suspended");
  write(shown.press, shown.isStopped ? "Resume" : "Suspend", shown.isStopped ? "" : "danger");
  shown.press.hidden = !["active", "suspended"].includes(market.status);
  shown.press.setAttribute("aria-label", `${shown.isStopped ? "Resume" : "Suspend"} ${shown.name}`);
}

function showExposure(one) {
  const market = markets.get(one.market_id);
  if (!market) return;
  write(market.worst, `worst ${one.worst} ${one.currency}`, Number(one.worst) > 0 ? "number loss" : "number");
  for (const selection of one.selections) {
    const cells = selections.get(selection.id);
    if (!cells) continue;
    write(cells.stake, selection.stake);
    write(cells.payout, selection.payout);
    write(cells.loss, selection.liability, Number(selection.liability) > 0 ? "number loss" : "number");
  }
}

function apply(entries) {
  for (const [key, , value] of entries) {
    if (value === null) continue;
    if (value.stakes !== undefined) showExposure(value);
    else if (key.startsWith("m:")) markets.has(value.id) ? showMarket(value) : readMarkets(opened);
    else if (key.startsWith("s:") && selections.has(value.id)) write(selections.get(value.id).price, value.odds ?? "-");
  }
}

keepFresh();
