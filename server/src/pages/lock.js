// ロック: by hand, or after fifteen minutes of rest. The screen is emptied at once. What was typed and not sent stays in this tab, sealed
// with a key that only pages of the same person carry: nobody else can read it, and it is gone when somebody else signs in or this one out.
const minute = 60_000;
const rest = 15 * minute;
const announced = 2 * minute;

const others = new BroadcastChannel("asagao");
const bar = document.querySelector('form[action="/lock"]');
const switching = document.querySelector('form[action="/presentation"]');
const presenting = document.body.classList.contains("presenting");
// Whose page it is.
const whose = bar.elements.csrf.value.split(".").at(-1);
const tell = (what) => others.postMessage({ what, whose });
// The page to come back to; after a form that was not taken it is the one that the form stood on.
const page = bar.elements.page.value;
const here = () => page + (page === location.pathname + location.search ? location.hash : "");
const mark = "typed:";
const kept = () => Object.keys(sessionStorage).filter((name) => name.startsWith(mark));
const forget = () => kept().forEach((name) => sessionStorage.removeItem(name));
const key = unsealing(document.body.dataset.keep).catch(() => null);

/** The key of what was typed. Browsers seal over HTTPS and on this machine only: elsewhere nothing is kept. */
async function unsealing(text) {
  if (!text || !globalThis.crypto?.subtle) return null;
  return crypto.subtle.importKey("raw", bytes(text), "AES-GCM", false, ["encrypt", "decrypt"]);
}

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/** Forms with what was changed in them; of one that was given back, everything. Fields are told apart by name and place among those. */
function typed() {
  const all = document.querySelector('main [role="alert"]') !== null;
  return [...document.querySelectorAll('main form[method="post"]')].map((form) => {
    const names = {};
    const fields = [...form.elements].flatMap((field) => {
      if (!field.name || field.matches("button, [type=hidden], [type=password], [type=file]")) return [];
      const { name } = field;
      const at = names[name] = (names[name] ?? -1) + 1;
      if (field.matches("[type=checkbox], [type=radio]")) {
        return !all && field.checked === field.defaultChecked ? [] : [{ name, at, checked: field.checked }];
      }
      const before = field.matches("select") ? [...field.options].find((of) => of.defaultSelected)?.value ?? "" : field.defaultValue;
      return !all && field.value === before ? [] : [{ name, at, value: field.value }];
    });
    // Since when the page is: somebody else's later marks are asked about, not overwritten.
    const seen = fields.length > 0 ? form.elements.namedItem("seen")?.value : undefined;
    return { action: form.getAttribute("action"), fields, seen };
  }).filter((form) => form.fields.length > 0);
}

async function keep() {
  const forms = typed();
  const sealing = await key;
  if (!sealing || forms.length === 0) return;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, sealing, new TextEncoder().encode(JSON.stringify(forms)));
  const both = new Uint8Array([...iv, ...new Uint8Array(sealed)]);
  sessionStorage.setItem(mark + page, btoa([...both].map((byte) => String.fromCharCode(byte)).join("")));
}

async function restore() {
  const sealing = await key;
  const sealed = Object.fromEntries(kept().map((name) => [name, sessionStorage.getItem(name)]));
  for (const [name, text] of Object.entries(sealed)) {
    const both = bytes(text);
    const opened = sealing && await crypto.subtle.decrypt({ name: "AES-GCM", iv: both.slice(0, 12) }, sealing, both.slice(12)).catch(() => null);
    if (!opened) return forget();
    // On a wall there is no form to put it into.
    if (name !== mark + page || presenting) continue;
    sessionStorage.removeItem(name);
    const back = JSON.parse(new TextDecoder().decode(opened)).filter(putBack);
    if (back.length > 0) say("ロックや提示の前の入力を戻しました。まだ送っていません。", "閉じる", () => notice.replaceChildren());
  }
}

function putBack({ action, fields, seen }) {
  const form = [...document.querySelectorAll('main form[method="post"]')].find((one) => one.getAttribute("action") === action);
  if (!form) return false;
  for (const { name, at, value, checked } of fields) {
    const field = [...form.elements].filter((one) => one.name === name)[at];
    if (!field) continue;
    if (checked === undefined) field.value = value;
    else field.checked = checked;
    for (let up = field.closest("details"); up; up = up.parentElement.closest("details")) up.open ||= Boolean(value ?? checked);
  }
  if (seen) form.elements.namedItem("seen").value = seen;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

/** Empties the screen before anything else. */
function empty() {
  for (const part of document.querySelectorAll("body > header, main")) part.hidden = true;
  notice?.replaceChildren();
  document.title = "朝顔";
  // No question whether to leave: what was typed is kept.
  dispatchEvent(new Event("asagao:leave"));
}

let locking = false;
async function lock() {
  if (locking) return;
  locking = true;
  empty();
  document.title = "ロック中｜朝顔";
  tell("lock");
  await keep();
  // Every tab asks for the lock itself: none comes to the locked page before the session is locked.
  await fetch("/lock", { method: "POST", body: new URLSearchParams(new FormData(bar)), redirect: "manual" }).catch(() => null);
  location.assign("/locked?next=" + encodeURIComponent(here()));
}

bar.addEventListener("submit", (event) => { event.preventDefault(); lock(); });
document.querySelector('form[action="/sign-out"]').addEventListener("submit", () => {
  forget();
  tell("out");
});

// 提示モード: what was typed is kept as before a lock. Every tab asks for it itself, so that none comes back before it is on.
switching?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!presenting) {
    empty();
    tell("present");
    await keep();
  }
  switching.submit();
});
async function present() {
  if (presenting || locking) return;
  locking = true;
  empty();
  await keep();
  await fetch("/presentation", { method: "POST", body: new URLSearchParams(new FormData(switching)), redirect: "manual" }).catch(() => null);
  location.replace(page);
}

others.addEventListener("message", ({ data }) => {
  if (data.what === "lock") return lock();
  // Somebody else's: asagao.js has emptied this tab, or is about to.
  if (data.whose !== whose) return;
  if (data.what === "used") {
    used = Date.now();
    look();
  } else if (data.what === "present" || (data.what === "here" && data.presenting)) {
    present();
  } else if (data.what === "here" && presenting && data.presenting === false) {
    location.replace(page);
  } else if (data.what === "out") {
    empty();
    forget();
    location.replace("/sign-in");
  }
});

// A rest is one of the whole browser: another tab in use keeps this one open.
let notice;
let timer;
let used;
function use() {
  used = Date.now();
  tell("used");
  look();
}

function look() {
  clearTimeout(timer);
  const rested = Date.now() - used;
  if (rested >= rest) return lock();
  if (rested < rest - announced) notice?.querySelector("[data-end]")?.parentElement.replaceChildren();
  else if (!notice?.querySelector("[data-end]")) say("あと2分で画面をロックします。入力は残ります。", "続ける", stay).dataset.end = "";
  timer = setTimeout(look, rested < rest - announced ? rest - announced - rested : rest - rested);
}

async function stay() {
  const answer = await fetch("/stay").catch(() => null);
  if (answer?.status === 204) use();
  else if (answer) lock();
}

/** Says something at the foot of the screen, once and politely. */
function say(text, label, done) {
  notice ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "idle" }));
  notice.setAttribute("role", "status");
  const words = Object.assign(document.createElement("p"), { textContent: text });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "outlined", textContent: label });
  button.addEventListener("click", done);
  notice.replaceChildren(words, button);
  return words;
}

// Whoever writes does not rest, although nothing is sent: told once in two minutes.
for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(kind, ({ isTrusted }) => { if (isTrusted && !locking && Date.now() - used > 2 * minute) stay(); });
}
addEventListener("visibilitychange", look);
// A page that the browser had put aside may be of a session that is locked by now.
addEventListener("pageshow", ({ persisted }) => { if (persisted) stay(); });
use();
restore();
