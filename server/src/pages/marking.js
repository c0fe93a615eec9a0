// Moves through a grid of points with the arrow keys and Enter, takes a block that was copied from a spreadsheet, and says what is not saved.
const form = document.querySelector("form[data-grid]");
const said = form?.querySelector("[data-unsaved]");
const before = said?.textContent;
const rows = () => [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-cell]")]).filter((row) => row.length);

function place(cell) {
  const all = rows();
  const row = all.findIndex((one) => one.includes(cell));
  return [all, row, all[row]?.indexOf(cell) ?? -1];
}

function was(field) {
  const name = field.name.startsWith("d.") ? `dwas.${field.name.slice(2)}` : `was.${field.name.slice(2)}`;
  return form.elements[name]?.value;
}

function count() {
  const fields = [...form.querySelectorAll("[data-cell], select")];
  const changed = fields.filter((field) => {
    const differs = field.value.trim() !== was(field);
    field.classList.toggle("changed", differs);
    return differs;
  });
  said.textContent = changed.length ? `保存していないところ ${changed.length}か所` : before;
}

function go(cell) {
  cell?.focus();
  cell?.select();
}

form?.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const [all, row, column] = place(cell);
  const whole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  const move = (to, at) => {
    event.preventDefault();
    go(all[to]?.[at]);
  };
  if (event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey)) move(row + 1, column);
  else if (event.key === "ArrowUp" || event.key === "Enter") move(row - 1, column);
  else if (event.key === "ArrowRight" && (whole || cell.selectionStart === cell.value.length)) move(row, column + 1);
  else if (event.key === "ArrowLeft" && (whole || cell.selectionEnd === 0)) move(row, column - 1);
});

form?.addEventListener("paste", (event) => {
  const cell = event.target.closest("[data-cell]");
  const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "") ?? "";
  if (!cell || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const [all, row, column] = place(cell);
  let outside = 0;
  text.split("\n").forEach((line, down) =>
    line.split("\t").forEach((value, right) => {
      const to = all[row + down]?.[column + right];
      if (to) to.value = value.trim();
      else if (value.trim()) outside += 1;
    }),
  );
  form.dispatchEvent(new Event("input", { bubbles: true }));
  if (outside) said.textContent += `（表の外の${outside}か所は入れていません）`;
});

let sending = false;
form?.addEventListener("input", count);
form?.addEventListener("change", count);
form?.addEventListener("submit", () => { sending = true; });
addEventListener("beforeunload", (event) => {
  if (!sending && form?.querySelector(".changed:is([data-cell], select)")) event.preventDefault();
});
if (form) count();
