// Parts of a page that change while it is open: each listens for what it names, and is fetched again when it comes. Without it, or while
// there is no connection, a reload does the same.
const parts = [...document.querySelectorAll("[data-live]")];
let pause = 1000;
let open = null;
let away = false;

function listen() {
  const socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/graphql`, "graphql-transport-ws");
  open = socket;
  const say = (message) => socket.send(JSON.stringify(message));
  socket.addEventListener("open", () => say({ type: "connection_init" }));
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "connection_ack") {
      pause = 1000;
      for (const [at, part] of parts.entries()) {
        say({ type: "subscribe", id: String(at), payload: { query: `subscription { ${part.dataset.live} }` } });
      }
      // What came while nobody listened.
      if (away) for (const [at, part] of parts.entries()) if (!part.hasAttribute("data-live-fill")) renew(at);
    } else if (message.type === "next") told(Number(message.id), message.payload.data);
    else if (message.type === "ping") say({ type: "pong" });
  });
  socket.addEventListener("close", ({ code }) => {
    away = true;
    // Signed out, locked or shown to others: only a new page listens again.
    if (code === 4401 || code === 4403 || document.hidden) return;
    setTimeout(listen, pause);
    pause = Math.min(pause * 2, 60_000);
  });
}

// A part that is filled with what was told takes it as it is; others are fetched again.
function told(at, detail) {
  const part = document.querySelectorAll("[data-live]")[at];
  if (part?.hasAttribute("data-live-fill")) {
    if (detail) part.dispatchEvent(new CustomEvent("told", { detail }));
  } else renew(at);
}

async function renew(at) {
  const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelectorAll("[data-live]")[at];
  const part = document.querySelectorAll("[data-live]")[at];
  // Nobody's typing is taken away.
  const typing = part && [...part.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field === document.activeElement || field.value !== field.defaultValue);
  const choosing = part?.querySelector("details[open] form");
  if (fresh && part && !typing && !choosing && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
}

if (parts.length) {
  listen();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && open.readyState === WebSocket.CLOSED) listen();
  });
  // One that is still being made ends with the page by itself; closed by hand, the browser would tell of an error.
  addEventListener("pagehide", () => { if (open.readyState === WebSocket.OPEN) open.close(); });
}
