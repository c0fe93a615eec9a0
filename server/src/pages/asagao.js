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
  addEventListener("asagao:leave", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; look(); });
}

// Printing needs the browser's hand; without a script its own menu does the same.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
