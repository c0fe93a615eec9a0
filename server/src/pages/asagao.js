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
    for (const row of rows) if (!chosen(row)) row.querySelector(".kinds .usual").checked = true;
    look();
  });
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => { if (!leaving && fresh !== before) event.preventDefault(); });
  addEventListener("pageshow", () => { leaving = false; look(); });
}

// A session ends after fifteen minutes of rest: two minutes before, it can be kept.
if (document.body.hasAttribute("data-signed-in")) rest();

function rest() {
  const minute = 60_000;
  const notice = document.createElement("div");
  notice.className = "idle";
  notice.setAttribute("role", "status");
  document.body.append(notice);
  let timers = [];
  const wait = () => {
    timers.forEach(clearTimeout);
    notice.replaceChildren();
    timers = [setTimeout(warn, 13 * minute), setTimeout(lock, 15 * minute)];
  };
  const warn = () => {
    const words = document.createElement("p");
    words.textContent = "あと2分で画面をロックします。";
    const stay = document.createElement("button");
    stay.type = "button";
    stay.className = "outlined";
    stay.textContent = "続ける";
    stay.addEventListener("click", async () => {
      const answer = await fetch("/stay").catch(() => null);
      if (answer?.status === 204) wait();
      else words.textContent = "続けられませんでした。入力を控えて、もういちど入ってください。";
    });
    notice.replaceChildren(words, stay);
  };
  const lock = () => {
    const words = document.createElement("p");
    words.textContent = "時間がたったため、画面をロックしました。";
    const enter = document.createElement("a");
    enter.className = "button outlined";
    enter.href = "/sign-in?expired=1&next=" + encodeURIComponent(location.pathname + location.search);
    enter.textContent = "もういちど入る";
    notice.replaceChildren(words, enter);
    for (const part of document.querySelectorAll("body > header, main")) part.hidden = true;
  };
  wait();
}
