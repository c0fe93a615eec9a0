// Saves round trips and losses. Every page works without it.

// Where one was on a page, so that a form that comes back to it does not lose the place.
const place = "place:" + location.pathname;
document.addEventListener("submit", (event) => {
  if (event.target.method === "post" && !event.defaultPrevented) sessionStorage.setItem(place, String(scrollY));
});
const kept = sessionStorage.getItem(place);
if (kept !== null) {
  sessionStorage.removeItem(place);
  if (!location.hash) scrollTo(0, Number(kept));
}

// A browser is of one person at a time: what another has left in its tabs goes when somebody comes. Forms say whose they are.
const whose = document.querySelector('input[name="csrf"], input[name="late-whose"]')?.value.split(".").at(-1);
if (whose) {
  const others = new BroadcastChannel("asagao");
  others.addEventListener("message", ({ data }) => {
    if (data.what !== "here" || data.whose === whose) return;
    for (const part of document.querySelectorAll("body > header, main, .idle")) part.hidden = true;
    document.title = "朝顔";
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("typed:")) sessionStorage.removeItem(name);
    dispatchEvent(new Event("asagao:leave"));
    location.replace("/");
  });
  // Pages that only say something do not know whether the screen is shown to others.
  const presenting = "keep" in document.body.dataset ? document.body.classList.contains("presenting") : null;
  others.postMessage({ what: "here", whose, presenting });
}

// What takes long to type is sent without leaving the page: where there is no network, it stays as it is.
for (const form of document.querySelectorAll('form[data-attendance], form[action$="/actions"]')) calmly(form);

function calmly(form) {
  let sending = false;
  let straight = false;
  form.addEventListener("submit", async (event) => {
    if (straight) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const { submitter } = event;
    const body = new URLSearchParams(new FormData(form, submitter));
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, redirect: "manual" }).catch(() => null);
    sending = false;
    if (!answer) return unsent(form, submitter);
    form.querySelector(".unsent")?.remove();
    dispatchEvent(new Event("asagao:leave"));
    sessionStorage.setItem(place, String(scrollY));
    if (answer.type === "opaqueredirect") {
      const board = form.getAttribute("action").replace(/\/attendance$/, "");
      return go(form.matches("[data-attendance]") ? board : form.elements.namedItem("back")?.value || "/classes");
    }
    // What has to be shown is an answer of its own. Sent twice is stored once.
    straight = true;
    form.requestSubmit(submitter);
  });
}

/** Goes to an address and fetches it anew, also where only the part behind # differs. */
function go(address) {
  const [before, after] = [location.href, new URL(address, location.href).href].map((url) => url.split("#")[0]);
  location.assign(address);
  if (before === after && address.includes("#")) location.reload();
}

function unsent(form, submitter) {
  const said = form.querySelector(".unsent") ?? document.createElement("p");
  said.className = "note wait unsent";
  said.setAttribute("role", "alert");
  const again = Object.assign(document.createElement("button"), { type: "button", textContent: "もういちど送る" });
  again.addEventListener("click", () => form.requestSubmit(submitter));
  said.replaceChildren("送れていません。入力はこのページにあります。", again);
  if (!said.isConnected) (form.querySelector(".foot") ?? form).append(said);
}

const sheet = document.querySelector("form[data-attendance]");
if (sheet) attendance(sheet);

function attendance(form) {
  const rows = [...form.querySelectorAll("fieldset.row")];
  const chosen = (row) => row.querySelector(".kinds input:checked");
  const state = form.querySelector("[data-state]");
  const savedState = state.innerHTML;
  const content = () => new URLSearchParams(new FormData(form)).toString();
  const before = content();
  let leaving = false;
  let fresh = before;

  const look = () => {
    const counts = { present: 0, absent: 0, excused: 0, unmarked: 0 };
    for (const row of rows) {
      const kind = chosen(row)?.classList;
      const away = Boolean(kind?.contains("away"));
      for (const time of row.querySelectorAll(".times input")) time.disabled = away;
      counts[!kind ? "unmarked" : kind.contains("absent") ? "absent" : kind.contains("excused") ? "excused" : "present"] += 1;
    }
    fresh = content();
    if (fresh === before) {
      state.innerHTML = savedState;
    } else {
      state.innerHTML = 'まだ保存していません　印なし <span data-count="unmarked"></span>人';
    }
    for (const [name, count] of Object.entries(counts)) {
      for (const place of form.querySelectorAll(`[data-count="${name}"]`)) {
        if (place.textContent !== String(count)) place.textContent = String(count);
      }
    }
  };

  form.addEventListener("change", (event) => {
    const row = event.target.closest("fieldset.row");
    if (event.target.matches("select[name^='more.']") && event.target.value) row.querySelector("input.more").checked = true;
    // Whoever is late is here.
    const late = event.target.matches(".times input") && event.target.checked;
    if (late && !chosen(row)) row.querySelector(".kinds .usual").checked = true;
    look();
  });
  form.addEventListener("input", look);
  form.addEventListener("reset", () => setTimeout(look));
  form.querySelector("[value='all']")?.addEventListener("click", (event) => {
    event.preventDefault();
    // Whose 出停 or 忌引 may go on is left to be decided.
    for (const row of rows) if (!chosen(row) && !("running" in row.dataset)) row.querySelector(".kinds .usual").checked = true;
    look();
  });
  addEventListener("beforeunload", (event) => { if (!leaving && fresh !== before) event.preventDefault(); });
  addEventListener("asagao:leave", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; look(); });
}

// Printing needs the browser's hand; without a script its own menu does the same.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
