// unfold's dialogs and menus for the keyboard and for screen readers. unfold opens a dialog in an element without a role,
// forgets who opened it, sends its form as often as it is pressed, and opens its menus with a pointer only.

const TOGGLES = "[x-on\\:click^='actionDropdownOpen'], [x-on\\:click^='openActionsId']";
let opener = null;
let isSending = false;

const isShown = (element) => Boolean(element?.getClientRects().length);
const isKey = (event) => event.key === "Enter" || event.key === " ";

function asButton(element, name) {
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "0");
  if (name) element.setAttribute("aria-label", name);
}

/** Alpine takes a few frames to show what it opens. */
function focusOnceShown(element, frames = 20) {
  if (isShown(element)) element.focus();
  else if (element && frames > 0) requestAnimationFrame(() => focusOnceShown(element, frames - 1));
}

/** A form is sent once: a second press would make a second proposal. What was wrong with it opens it again. */
function sendOnce() {
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.closest("#dialog")) return;
      if (isSending) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      isSending = true;
    },
    true,
  );
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt.closest("#dialog")) isSending = Boolean(detail.xhr.getResponseHeader("HX-Redirect"));
  });
  window.addEventListener("pageshow", () => (isSending = false));
}

/** A dialog at its own address has nothing behind it: what closes it leads to the row or the list. */
function leavePage(page) {
  nameDialog(page);
  focusOnceShown(page.querySelector("[autofocus]"));
  for (const way of page.querySelectorAll("[x-on\\:click='openModal = false']")) {
    way.addEventListener("click", (event) => {
      event.preventDefault();
      window.location.assign(page.dataset.leave);
    });
  }
}

function nameDialog(surface) {
  const title = surface.querySelector("h1");
  if (title === null) return;
  title.id = "dialog-title";
  const cross = surface.querySelector("div[x-on\\:click='openModal = false']");
  if (cross) asButton(cross, "Close");
}

/** What lies behind an open dialog is out of reach; closed, the keyboard is where it was. */
function follow(surface) {
  const frame = surface.parentElement;
  let wasOpen = false;
  new MutationObserver(() => {
    const isOpen = isShown(frame);
    if (isOpen === wasOpen) return;
    wasOpen = isOpen;
    for (const one of document.body.children) if (one !== frame && one.id !== "modal-overlay") one.inert = isOpen;
    if (!isOpen) giveBack();
  }).observe(frame, { attributes: true, attributeFilter: ["style"] });
}

function giveBack() {
  const back = isShown(opener) ? opener : (opener && toggleOf(opener.closest("nav")));
  back?.focus();
  opener = null;
}

/** Alpine moves a menu to the end of the page; the template that it came from stays beside what opens it. */
const menuOf = (toggle) => toggle.parentElement.querySelector("template")?._x_teleport ?? null;
const toggleOf = (menu) => [...document.querySelectorAll(TOGGLES)].find((toggle) => menu !== null && menuOf(toggle) === menu);

function openByKeyboard(toggle) {
  asButton(toggle, toggle.textContent.trim() === "more_horiz" ? "More actions" : "");
  toggle.setAttribute("aria-haspopup", "true");
  toggle.addEventListener("keydown", (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    toggle.click();
    focusOnceShown(menuOf(toggle)?.querySelector("a"));
  });
}

function start() {
  const surface = document.getElementById("modal-content");
  if (surface === null) return; // the log-in has none
  surface.setAttribute("role", "dialog");
  surface.setAttribute("aria-modal", "true");
  surface.setAttribute("aria-labelledby", "dialog-title");
  document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target === surface) opener = detail.elt;
  });
  document.body.addEventListener("htmx:afterSwap", () => nameDialog(surface));
  follow(surface);
  document.addEventListener("keydown", (event) => {
    const cross = event.target.closest?.("#dialog [role=button]");
    if (cross && isKey(event)) cross.click();
    const menu = event.key === "Escape" && !isShown(surface) ? event.target.closest?.("nav") : null;
    const toggle = menu && toggleOf(menu);
    if (toggle) {
      toggle.click();
      toggle.focus();
    }
  });
  for (const toggle of document.querySelectorAll(TOGGLES)) openByKeyboard(toggle);
  for (const page of document.querySelectorAll(".desk-dialog-page")) leavePage(page);
}

sendOnce();
document.addEventListener("DOMContentLoaded", start);
