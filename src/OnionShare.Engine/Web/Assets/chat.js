// The chat room. Everything that came from somebody is put in as text, never as markup; the room itself is made here.
(() => {
  const pingEvery = 25_000; // well below what drops an idle circuit
  const silenceLimit = 75_000;
  const delays = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
  const longestText = 16 * 1024; // bytes of UTF-8
  const linesKept = 5_000;

  document.querySelector("main").insertAdjacentHTML("beforeend", `
    <div id="room" class="room" hidden>
        <aside class="card people" aria-label="People">
            <form id="naming" autocomplete="off">
                <label for="name">Your name</label>
                <input id="name" maxlength="64" dir="auto" enterkeyhint="done" aria-describedby="naming-note">
                <p id="naming-note" class="soft" aria-live="polite">Type another and press Enter.</p>
            </form>
            <details id="members-box" open>
                <summary>In the room <span id="count" class="badge">0</span></summary>
                <ul id="members"></ul>
            </details>
        </aside>
        <section class="card talk" aria-label="Chat">
            <p id="state" class="state" role="status"></p>
            <div id="log" class="log" role="log" aria-live="polite" aria-label="Conversation" tabindex="0"></div>
            <button id="newest" class="newest" type="button" hidden>New messages ↓</button>
            <form id="composer" class="composer" autocomplete="off">
                <label class="unseen" for="text">Message</label>
                <textarea id="text" rows="1" dir="auto" placeholder="Message" enterkeyhint="send" aria-describedby="note"></textarea>
                <button>Send</button>
            </form>
            <p id="note" class="note" aria-live="polite"></p>
        </section>
    </div>`);

  const $ = (id) => document.getElementById(id);
  const [room, log, state, note, text, nameBox, newest] = ["room", "log", "state", "note", "text", "name", "newest"].map($);
  const title = document.title;
  const encoder = new TextEncoder();
  const people = new Map();
  const outbox = []; // said, but not yet heard back
  let atEnd = true; // whether the latest line is in sight, and is to stay so
  let socket, me, token, seen, listed, lastN = 0, lastHeard, attempt = 0, retry, unread = 0, isOver = false, wasIn = false;

  const bdi = (words) => Object.assign(document.createElement("bdi"), { textContent: words });

  function connect() {
    clearTimeout(retry);
    socket = new WebSocket(`ws://${location.host}/socket`);
    lastHeard = Date.now();
    const mine = socket;
    socket.onopen = () => send(token ? { type: "join", token, seen } : { type: "join" });
    socket.onmessage = (event) => {
      if (mine !== socket) return;
      lastHeard = Date.now();
      hear(JSON.parse(event.data));
    };
    socket.onclose = () => mine === socket && lost();
  }

  function send(message) {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function lost() {
    socket = { readyState: WebSocket.CLOSED, close() {} };
    room.classList.add("away");
    if (isOver) return;
    const delay = delays[Math.min(attempt++, delays.length - 1)] * (0.75 + Math.random() / 2);
    const isLong = attempt > delays.length; // about a minute and a half
    say(state, isLong ? "The room has not answered for a while. It may have been closed; still trying…"
      : me ? "The connection is lost: you are away. Connecting again…" : "No connection yet. Trying again…");
    retry = setTimeout(connect, delay);
  }

  function hurry() {
    if (!isOver && socket.readyState === WebSocket.CLOSED) connect();
  }

  function say(element, words) {
    if (element.textContent !== words) element.textContent = words;
  }

  const hearing = {
    welcome(message) {
      const wasAway = wasIn;
      const resumed = message.caughtUp !== undefined;
      [me, token, seen, listed] = [message.id, message.token, message.since, message.seq];
      attempt = 0;
      wasIn = true;
      people.clear();
      for (const { id, name, away } of message.members) people.set(id, { name, away });
      $("loading").hidden = true;
      room.hidden = false;
      room.classList.remove("away");
      setName(message.name);
      listPeople();
      if (!wasAway) status("You are ", message.name, ".");
      else if (message.caughtUp) status("You are back.");
      else if (resumed) status("You are back. Some of what was said meanwhile could not be caught up.");
      else status("You were away for too long and are here as ", message.name, " now. What was said meanwhile could not be caught up.");
      say(state, "");
      if (!resumed) lastN = 0;
      // What the room has dealt with is not said again; the rest goes out anew, in order.
      while (resumed && outbox.length > 0 && outbox[0].n <= message.n) outbox.shift();
      for (const waiting of outbox) {
        if (!resumed) waiting.n = ++lastN;
        send(waiting);
      }
      if (!wasAway) text.focus();
    },
    said(message) {
      const own = message.id === me;
      if (own) {
        const at = outbox.findIndex((waiting) => waiting.n === message.n);
        if (at >= 0) outbox.splice(at, 1);
      }
      const line = document.createElement("p");
      line.className = own ? "said own" : "said";
      const who = document.createElement("b");
      who.className = `tint-${message.id % 8}`;
      who.append(bdi(message.name));
      const words = document.createElement("span");
      words.className = "words";
      words.dir = "auto";
      words.append(...withLinks(message.text));
      line.append(who, " ", words);
      add(line);
      if (!own && document.hidden) count(unread + 1);
    },
    joined(message) {
      if (message.id === me) return;
      people.set(message.id, { name: message.name });
      status("", message.name, " has joined.");
    },
    left(message) {
      people.delete(message.id);
      status("", message.name, " has left.");
    },
    renamed(message) {
      people.set(message.id, { ...people.get(message.id), name: message.name });
      if (message.id === me) setName(message.name);
      if (message.id === me) say($("naming-note"), "Everybody sees your new name.");
      status("", message.oldName, " is now ", message.name, ".");
    },
    away(message) {
      people.set(message.id, { name: message.name, away: true });
    },
    back(message) {
      people.set(message.id, { name: message.name });
    },
    closed() {
      isOver = true;
      people.clear();
      status("The room was closed.");
      say(state, "The room was closed. Nothing of it is kept; this page is all that is left.");
      text.disabled = nameBox.disabled = true;
      $("composer").querySelector("button").disabled = true;
    },
  };

  function hear(message) {
    if (message.type === "refused") refused(message);
    if (message.seq === undefined || message.type === "welcome") return hearing[message.type]?.(message);
    if (message.seq <= seen) return;
    seen = message.seq;
    // Caught up with: the list is newer than this event, so only the conversation takes it.
    const current = message.seq > listed ? null : new Map(people);
    hearing[message.type]?.(message);
    if (current) {
      people.clear();
      for (const [id, person] of current) people.set(id, person);
      if (people.has(me)) setName(people.get(me).name);
    } else if (message.type !== "said") listPeople();
  }

  function refused(message) {
    if (message.code === "seat-gone") {
      // Join anew, under the old name if nobody has it.
      token = undefined;
      send({ type: "join", name: people.get(me)?.name });
    } else if ((message.code === "name-in-use" || message.code === "invalid-name") && token === undefined) {
      send({ type: "join" });
    } else if (message.code === "name-in-use" || message.code === "invalid-name") {
      say($("naming-note"), message.reason);
      nameBox.setAttribute("aria-invalid", "true");
      nameBox.select();
    } else if (message.n !== undefined) {
      const at = outbox.findIndex((waiting) => waiting.n === message.n);
      const [back] = at >= 0 ? outbox.splice(at, 1) : [];
      if (back && text.value === "") text.value = back.text;
      say(note, message.reason);
    } else if (message.code === "room-closed") {
      hearing.closed();
    } else {
      say(room.hidden ? $("loading") : note, message.reason);
      if (message.code === "full") socket.close();
    }
  }

  /** A line of the room's own; every second part is a name. */
  function status(...parts) {
    const line = document.createElement("p");
    line.className = "status";
    line.append(...parts.map((part, i) => (i % 2 === 1 ? bdi(part) : part)));
    add(line);
  }

  function add(line) {
    log.append(line);
    while (log.childElementCount > linesKept) log.firstElementChild.remove();
    if (atEnd || line.classList.contains("own")) log.scrollTop = log.scrollHeight;
    else newest.hidden = false;
  }

  function withLinks(words) {
    const parts = [];
    let done = 0;
    for (const match of words.matchAll(/(?<![\p{L}\p{N}])https?:\/\/[^\s\p{Cc}<>"\\`\u200B-\u200F]+/giu)) {
      const address = match[0].replace(/[.,;:!?')\]}*_]+$/, "");
      if (!URL.canParse(address)) continue;
      const link = document.createElement("a");
      link.href = address;
      link.target = "_blank";
      link.rel = "noreferrer noopener";
      link.referrerPolicy = "no-referrer";
      link.textContent = address;
      parts.push(words.slice(done, match.index), link);
      done = match.index + address.length;
    }
    parts.push(words.slice(done));
    return parts;
  }

  function listPeople() {
    const rows = [...people].sort(([, a], [, b]) => a.name.localeCompare(b.name)).map(([id, person]) => {
      const row = document.createElement("li");
      row.append(Object.assign(bdi(person.name), { className: `tint-${id % 8}` }));
      const remark = [id === me && "you", person.away && "away"].filter(Boolean).join(", ");
      if (remark) row.append(Object.assign(document.createElement("span"), { className: "soft", textContent: ` (${remark})` }));
      row.classList.toggle("absent", person.away === true);
      return row;
    });
    $("members").replaceChildren(...rows);
    say($("count"), String(people.size));
  }

  function setName(name) {
    if (document.activeElement !== nameBox || nameBox.value === nameBox.defaultValue) nameBox.value = name;
    nameBox.defaultValue = name;
    nameBox.removeAttribute("aria-invalid");
  }

  function count(number) {
    unread = number;
    document.title = number > 0 ? `(${number}) ${title}` : title;
  }

  function fit() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 160)}px`;
  }

  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (words === "") return;
    if (encoder.encode(words).length > longestText) return say(note, "That is too long: a message may have up to 16 KiB.");
    const message = { type: "say", n: ++lastN, text: words };
    outbox.push(message);
    send(message);
    say(note, socket.readyState === WebSocket.OPEN ? "" : "It is sent as soon as you are back.");
    text.value = "";
    fit();
    text.focus();
  });

  text.addEventListener("input", fit);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $("composer").requestSubmit();
  });

  $("naming").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = nameBox.value.trim();
    if (name === nameBox.defaultValue) return;
    if (name === "") nameBox.value = nameBox.defaultValue;
    else {
      nameBox.value = nameBox.defaultValue; // until the room has agreed
      send({ type: "rename", name });
    }
  });

  nameBox.addEventListener("keydown", (event) => {
    if (event.key === "Escape") nameBox.value = nameBox.defaultValue;
  });

  newest.addEventListener("click", () => {
    log.scrollTop = log.scrollHeight;
  });

  log.addEventListener("scroll", () => {
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    if (atEnd) newest.hidden = true;
  });

  // A phone that is turned, or whose keyboard comes up.
  new ResizeObserver(() => {
    if (atEnd) log.scrollTop = log.scrollHeight;
  }).observe(log);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    count(0);
    hurry();
  });
  addEventListener("online", hurry);

  setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (Date.now() - lastHeard > silenceLimit) {
      socket.close();
      lost();
    } else send({ type: "ping" });
  }, pingEvery);

  if (matchMedia("(max-width: 44rem)").matches) $("members-box").open = false;
  connect();
})();
