// いまのようす: what the class's subscription tells goes into the places that are there.
const part = document.querySelector("[data-live-fill]");
const clock = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "numeric", minute: "2-digit" });
const time = (at) => (at ? clock.format(new Date(at)) : "");
const put = (place, text) => { if (place && place.textContent !== text) place.textContent = text; };
const count = (state) => part.querySelector(`dl [data-state="${state}"]`);

part?.addEventListener("told", ({ detail: { classLive: live } }) => {
  put(document.querySelector("[data-now]"), time(live.at));
  const counts = { NOT_BEGUN: live.notBegun, WORKING: live.working, DONE: live.done, ASKED_FOR_HELP: live.askedForHelp };
  for (const [state, number] of Object.entries(counts)) put(count(state).querySelector("b"), String(number));
  const seats = new Map([...part.querySelectorAll("[data-pupil]")].map((seat) => [seat.dataset.pupil, seat]));
  if (part.hasAttribute("data-wall")) return;
  // Somebody has come to the class or left it.
  if (seats.size !== live.pupils.length || live.pupils.some((of) => !seats.has(of.pupil.id))) return location.reload();
  const asking = [];
  for (const of of live.pupils) {
    const seat = seats.get(of.pupil.id);
    if (of.state === "ASKED_FOR_HELP" && seat.dataset.state !== of.state) asking.push(seat.querySelector("a").textContent);
    seat.dataset.state = of.state;
    put(seat.querySelector("[data-word]"), count(of.state).querySelector("dt").textContent);
    put(seat.querySelector("[data-time]"), time({ ASKED_FOR_HELP: of.askedAt, DONE: of.doneAt }[of.state] ?? of.lastAt));
  }
  if (asking.length > 0) put(part.querySelector("[data-told]"), `助けてほしい：${asking.join("、")}`);
});
