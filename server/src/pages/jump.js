// A number and Enter go to the row of that pupil, in the field or, where nothing has the focus, anywhere on the page. A number alone does
// nothing, so that whoever reads or speaks to the page with other keys is not disturbed.
const place = document.querySelector("[data-jump]");
const field = document.createElement("input");
Object.assign(field, { type: "text", inputMode: "numeric", autocomplete: "off", maxLength: 3, size: 3 });
const label = document.createElement("label");
label.append("番号", field);
const go = Object.assign(document.createElement("button"), { type: "submit", textContent: "へ" });
go.setAttribute("aria-label", "この番号の行へ");
const said = Object.assign(document.createElement("span"), { className: "told" });
said.setAttribute("role", "status");
place.append(label, go, said);
place.hidden = false;

const rows = () => [...document.querySelectorAll("main table.pupils tbody tr, main fieldset.row")];

function jump(number) {
  const row = rows().find((one) => one.querySelector(".no")?.textContent.trim() === String(Number(number)));
  said.textContent = row ? "" : `${number}番はありません`;
  if (!row) return false;
  const away = document.getElementById("away");
  if (away && !row.checkVisibility()) away.checked = false;
  row.scrollIntoView({ block: "center" });
  (row.querySelector("input:checked") ?? row.querySelector("a, input")).focus({ preventScroll: true });
  return true;
}

place.addEventListener("submit", (event) => {
  event.preventDefault();
  if (/^\d+$/.test(field.value.trim()) && jump(field.value.trim())) field.value = "";
});

let digits = "";
let last = 0;
addEventListener("keydown", (event) => {
  const free = [document.body, document.querySelector("main")].includes(document.activeElement);
  if (!free || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const now = Date.now();
  if (now - last > 3000) digits = "";
  last = now;
  if (/^\d$/.test(event.key)) digits = (digits + event.key).slice(-3);
  else if (event.key === "Enter" && digits) {
    event.preventDefault();
    jump(digits);
    digits = "";
  } else if (event.key !== "Shift") digits = "";
});
