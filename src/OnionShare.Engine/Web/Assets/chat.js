// The chat room. Everything that came from somebody is put in as text, never as markup; the room itself is made here.
(() => {
  const pingEvery = 25_000; // well below what drops an idle circuit
  const silenceLimit = 75_000;
  const delays = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
  const longestText = 16 * 1024; // bytes of UTF-8
  const linesKept = 5_000;

  const words = OnionWords.say;
  const html = (key) => words(key).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

  document.querySelector("main").insertAdjacentHTML("beforeend", `
    <div id="room" class="room" hidden>
        <aside class="card people" aria-label="${html("chat.script.people")}">
            <form id="naming" autocomplete="off">
                <label for="name">${html("chat.script.your-name")}</label>
                <input id="name" maxlength="64" dir="auto" enterkeyhint="done" aria-describedby="naming-note">
                <p id="naming-note" class="soft" aria-live="polite">${html("chat.script.type-another")}</p>
            </form>
            <details id="members-box" open>
                <summary>${html("chat.script.in-the-room")} <span id="count" class="badge">0</span></summary>
                <ul id="members"></ul>
            </details>
        </aside>
        <section class="card talk" aria-label="${html("chat.script.chat")}">
            <p id="state" class="state" role="status"></p>
            <div id="log" class="log" role="log" aria-live="polite" aria-label="${html("chat.script.conversation")}" tabindex="0"></div>
            <button id="newest" class="newest" type="button" hidden>${html("chat.script.newest")}</button>
            <form id="composer" class="composer" autocomplete="off">
                <label class="unseen" for="text">${html("chat.script.message")}</label>
                <textarea id="text" rows="1" dir="auto" placeholder="${html("chat.script.message")}" enterkeyhint="send" aria-describedby="note"></textarea>
                <button>${html("chat.script.send")}</button>
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

  const bdi = (name) => Object.assign(document.createElement("bdi"), { textContent: name });

  function connect() {
    clearTimeout(retry);
    socket = new WebSocket(`ws://${location.host}/socket?lang=${OnionWords.language}`);
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
    say(state, words(isLong ? "chat.script.unanswered" : me ? "chat.script.lost" : "chat.script.no-connection"));
    retry = setTimeout(connect, delay);
  }

  function hurry() {
    if (!isOver && socket.readyState === WebSocket.CLOSED) connect();
  }

  function say(element, told) {
    if (element.textContent !== told) element.textContent = told;
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
      if (!wasAway) status("chat.script.you-are", { name: message.name });
      else if (message.caughtUp) status("chat.script.you-are-back");
      else if (resumed) status("chat.script.back-gap");
      else status("chat.script.came-anew", { name: message.name });
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
      const spoken = document.createElement("span");
      spoken.className = "words";
      spoken.dir = "auto";
      spoken.append(...withLinks(message.text));
      line.append(who, " ", spoken);
      add(line);
      if (!own && document.hidden) count(unread + 1);
    },
    joined(message) {
      if (message.id === me) return;
      people.set(message.id, { name: message.name });
      status("chat.script.joined", { name: message.name });
    },
    left(message) {
      people.delete(message.id);
      status("chat.script.left", { name: message.name });
    },
    renamed(message) {
      people.set(message.id, { ...people.get(message.id), name: message.name });
      if (message.id === me) setName(message.name);
      if (message.id === me) say($("naming-note"), words("chat.script.new-name"));
      status("chat.script.renamed", { old: message.oldName, name: message.name });
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
      status("chat.script.closed");
      say(state, words("chat.script.closed-all"));
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

  /** A line of the room's own, every name in it isolated. */
  function status(key, names = {}) {
    const line = document.createElement("p");
    line.className = "status";
    line.append(...OnionWords.pieces(key, names, bdi));
    add(line);
  }

  function add(line) {
    log.append(line);
    while (log.childElementCount > linesKept) log.firstElementChild.remove();
    if (atEnd || line.classList.contains("own")) log.scrollTop = log.scrollHeight;
    else newest.hidden = false;
  }

  function withLinks(spoken) {
    const parts = [];
    let done = 0;
    for (const match of spoken.matchAll(/(?<![\p{L}\p{N}])https?:\/\/[^\s\p{Cc}<>"\\`\u200B-\u200F]+/giu)) {
      const address = match[0].replace(/[.,;:!?')\]}*_]+$/, "");
      if (!URL.canParse(address)) continue;
      const link = document.createElement("a");
      link.href = address;
      link.target = "_blank";
      link.rel = "noreferrer noopener";
      link.referrerPolicy = "no-referrer";
      link.textContent = address;
      parts.push(spoken.slice(done, match.index), link);
      done = match.index + address.length;
    }
    parts.push(spoken.slice(done));
    return parts;
  }

  function listPeople() {
    const rows = [...people].sort(([, a], [, b]) => a.name.localeCompare(b.name)).map(([id, person]) => {
      const row = document.createElement("li");
      row.append(Object.assign(bdi(person.name), { className: `tint-${id % 8}` }));
      const remark = OnionWords.list([id === me && words("chat.script.you"), person.away && words("chat.script.away")].filter(Boolean));
      if (remark) row.append(Object.assign(document.createElement("span"), { className: "soft", textContent: ` (${remark})` }));
      row.classList.toggle("absent", person.away === true);
      return row;
    });
    $("members").replaceChildren(...rows);
    say($("count"), OnionWords.number(people.size));
  }

  function setName(name) {
    if (document.activeElement !== nameBox || nameBox.value === nameBox.defaultValue) nameBox.value = name;
    nameBox.defaultValue = name;
    nameBox.removeAttribute("aria-invalid");
  }

  function count(number) {
    unread = number;
    document.title = number > 0 ? `(${OnionWords.number(number)}) ${title}` : title;
  }

  function fit() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 160)}px`;
  }

  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = text.value.trim();
    if (typed === "") return;
    if (encoder.encode(typed).length > longestText) return say(note, words("chat.script.too-long", { count: longestText / 1024 }));
    const message = { type: "say", n: ++lastN, text: typed };
    outbox.push(message);
    send(message);
    say(note, socket.readyState === WebSocket.OPEN ? "" : words("chat.script.later"));
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
