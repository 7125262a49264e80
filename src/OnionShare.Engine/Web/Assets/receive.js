// Sends the form piece by piece (tus 1.0), so that an upload goes on after a lost circuit, a reload, or a restart of the service.
// Without this script the form is sent as forms are.
(() => {
  "use strict";

  const form = document.getElementById("send");
  if (!form) return;
  const input = document.getElementById("files");
  const text = document.getElementById("text");
  const list = form.querySelector(".files");
  const panel = document.getElementById("progress");
  const bar = panel.querySelector("progress");
  const figures = panel.querySelector(".figures");
  const status = form.querySelector(".status");
  const cancelButton = document.getElementById("cancel");
  const sendButton = form.querySelector("button[type=submit]");

  const memoryKey = "onionshare-upload";
  const smallestPiece = 256 * 1024;
  const largestPiece = 64 * 1024 * 1024;
  const pieceTime = 8000; // a piece is to take about so long: few round trips, and little to lose
  const pollEvery = 2000;
  const stalledAfter = 120000;
  const longestDelay = 60;

  let chosen = [];
  let run = null;

  class Refused extends Error {} // told to the person, and the end of it
  class Lost extends Error {} // the connection, or the service for the moment
  class Gone extends Error {} // the service knows the upload no longer
  class Cancelled extends Error {}

  const say = (words) => { if (status.textContent !== words) status.textContent = words; };

  const size = (bytes) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (bytes >= 1023.95 && unit < units.length - 1) { bytes /= 1024; unit++; }
    return unit ? `${bytes.toFixed(1)} ${units[unit]}` : `${bytes} B`;
  };

  const span = (seconds) => {
    if (seconds < 60) return `${Math.ceil(seconds)} s`;
    if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
    return `${Math.floor(seconds / 3600)} h ${Math.ceil(seconds % 3600 / 60)} min`;
  };

  // What is needed to go on after a reload. It ends with the tab; where there is no such memory it goes on until a reload only.
  const remembered = () => {
    try { return JSON.parse(sessionStorage.getItem(memoryKey)); } catch { return null; }
  };
  const remember = (value) => {
    try {
      if (value) sessionStorage.setItem(memoryKey, JSON.stringify(value));
      else sessionStorage.removeItem(memoryKey);
    } catch { /* no memory: see above */ }
  };
  const fingerprint = (item) => `${item.kind}|${item.name}|${item.body.size}|${item.modified}`;

  // Tells a message from another one of the same length, and gives nothing of it away.
  const print = (words) => [...words].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) | 0, 7);

  const encode = (value) => btoa(String.fromCharCode(...new TextEncoder().encode(value)));

  const refusal = (xhr) => {
    try { return JSON.parse(xhr.responseText).error_flashes[0]; } catch { return `The service answered with the error ${xhr.status}.`; }
  };

  const ask = (method, path, headers, body) => {
    const xhr = new XMLHttpRequest();
    const promise = new Promise((resolve, reject) => {
      xhr.open(method, location.origin + path);
      xhr.setRequestHeader("Tus-Resumable", "1.0.0");
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      if (!body) xhr.timeout = stalledAfter;
      xhr.onload = () => {
        if (xhr.status < 300) resolve(xhr);
        else if (xhr.status === 404 || xhr.status === 410) reject(new Gone());
        else if (xhr.status === 409 || xhr.status === 429 || xhr.status >= 500 && xhr.status !== 507) reject(new Lost(refusal(xhr)));
        else reject(new Refused(refusal(xhr)));
      };
      xhr.onerror = xhr.ontimeout = () => reject(new Lost("The connection was lost."));
      xhr.onabort = () => reject(run && run.cancelled ? new Cancelled() : new Lost("The connection stood still."));
      xhr.send(body || null);
    });
    promise.abort = () => xhr.abort();
    if (run) run.request = promise;
    return promise;
  };

  const wait = (seconds) => new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    run.wake = () => { clearTimeout(timer); resolve(); };
  });

  // Tries until it works, is refused or is cancelled; the delays grow as long as nothing at all gets through.
  const persist = async (attempt) => {
    for (;;) {
      if (run.cancelled) throw new Cancelled();
      try {
        const result = await attempt();
        if (run.failures) say("Sending goes on.");
        run.failures = 0;
        return result;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        const delay = Math.min(longestDelay, 2 ** run.failures++);
        run.samples = [];
        say(`${error.message} Trying again in ${delay} s; nothing that has arrived is lost.`);
        await wait(delay);
      }
    }
  };

  const show = () => {
    const total = run.items.reduce((sum, item) => sum + item.body.size, 0);
    const there = run.items.reduce((sum, item) => sum + item.seen, 0);
    const now = performance.now();
    run.samples.push([now, there]);
    while (run.samples.length > 2 && now - run.samples[0][0] > 20000) run.samples.shift();
    const [then, before] = run.samples[0];
    const speed = now - then > 1000 ? (there - before) * 1000 / (now - then) : 0;
    bar.value = total ? 100 * there / total : 100;
    const words = [`${size(there)} of ${size(total)} arrived`];
    if (speed > 0) words.push(`${size(Math.round(speed))}/s`, `${span((total - there) / speed)} left`);
    figures.textContent = words.join(" · ");
  };

  const see = (item, offset) => { item.seen = offset; show(); };

  const create = async (item) => {
    const metadata = [`filename ${encode(item.name)}`, `kind ${encode(item.kind)}`, `submission ${encode(run.submission)}`];
    const answer = await ask("POST", "/files", { "Upload-Length": String(item.body.size), "Upload-Metadata": metadata.join(",") });
    item.path = answer.getResponseHeader("Location");
    item.offset = Number(answer.getResponseHeader("Upload-Offset"));
    run.files[fingerprint(item)] = item.path;
    remember({ submission: run.submission, files: run.files });
  };

  const drop = (path) => ask("DELETE", path, {}).catch((error) => { if (!(error instanceof Gone)) throw error; });

  const locate = async (item) => {
    const answer = await ask("HEAD", item.path, {});
    item.offset = Number(answer.getResponseHeader("Upload-Offset"));
    see(item, item.offset);
  };

  // While a piece is on its way, asks how much of it has arrived: what the browser has handed to Tor is not there yet.
  const watch = (item, piece) => {
    let last = performance.now();
    let seen = item.offset;
    let busy = false;
    return setInterval(() => {
      if (performance.now() - last > stalledAfter) piece.abort();
      if (busy) return;
      busy = true;
      const xhr = new XMLHttpRequest();
      xhr.open("HEAD", location.origin + item.path);
      xhr.setRequestHeader("Tus-Resumable", "1.0.0");
      xhr.timeout = stalledAfter;
      xhr.onloadend = () => {
        busy = false;
        const offset = Number(xhr.getResponseHeader("Upload-Offset"));
        if (xhr.status !== 200 || !(offset > seen)) return;
        seen = offset;
        last = performance.now();
        if (offset > item.seen) see(item, offset);
      };
      xhr.send();
    }, pollEvery);
  };

  const sendPiece = async (item) => {
    const end = Math.min(item.offset + run.piece, item.body.size);
    const began = performance.now();
    const piece = ask("PATCH", item.path,
      { "Upload-Offset": String(item.offset), "Content-Type": "application/offset+octet-stream" }, item.body.slice(item.offset, end));
    const watching = watch(item, piece);
    try {
      const answer = await piece;
      item.offset = Number(answer.getResponseHeader("Upload-Offset"));
      see(item, item.offset);
    } catch (error) {
      item.offset = null; // how much of it arrived is for the service to tell
      run.piece = Math.max(smallestPiece, run.piece / 2);
      throw error;
    } finally {
      clearInterval(watching);
    }
    const took = performance.now() - began;
    if (took < pieceTime / 2) run.piece = Math.min(largestPiece, run.piece * 2);
    else if (took > pieceTime * 2) run.piece = Math.max(smallestPiece, run.piece / 2);
  };

  const upload = async (item) => {
    for (;;) {
      try {
        if (!item.path) await persist(() => create(item));
        if (item.offset === null) await persist(() => locate(item));
        if (item.offset >= item.body.size) return see(item, item.body.size);
        await persist(async () => {
          if (item.offset === null) await locate(item);
          if (item.offset < item.body.size) await sendPiece(item);
        });
      } catch (error) {
        if (!(error instanceof Gone) || !item.path) throw error;
        item.path = null;
        see(item, 0);
      }
    }
  };

  const begin = async (total) => {
    const answer = await ask("POST", `/submissions?bytes=${total}`, {});
    run.submission = JSON.parse(answer.responseText).id;
    run.files = {};
    for (const item of run.items) { item.path = null; item.offset = null; item.seen = 0; }
  };

  const sendAll = async () => {
    const total = run.items.reduce((sum, item) => sum + item.body.size, 0);
    const known = remembered();
    if (known) {
      const left = { ...known.files };
      for (const item of run.items) {
        const key = fingerprint(item);
        item.path = left[key] || null;
        if (item.path) run.files[key] = item.path;
        delete left[key];
      }
      if (run.items.some((item) => item.path)) {
        run.submission = known.submission;
        say("Going on where it stopped.");
        // What is not sent this time must not keep the rest waiting for it.
        for (const path of Object.values(left)) await persist(() => drop(path));
      }
    }
    for (let fresh = 0; ; fresh++) {
      try {
        if (!run.submission) await persist(() => begin(total));
        for (const item of run.items) await upload(item);
        return await persist(() => ask("POST", `/submissions/${run.submission}`, {}));
      } catch (error) {
        // The service has forgotten all of it, as after a long time: once more from the start.
        if (!(error instanceof Gone)) throw error;
        if (fresh === 3) throw new Refused("The service does not keep what is sent. Reload the page and try again.");
        run.submission = null;
      }
    }
  };

  const checked = () => {
    const items = chosen.map((file) => ({ kind: "file", name: file.name, modified: file.lastModified, body: file, path: null, offset: null, seen: 0 }));
    const limit = (name) => form.dataset[name] ? Number(form.dataset[name]) : Infinity;
    for (const item of items)
      if (item.body.size > limit("maxFile")) throw new Refused(`“${item.name}” is too large: a file may have ${size(limit("maxFile"))} at most.`);
    if (text && text.value) {
      if (text.value.length > limit("maxText")) throw new Refused("The message is too long.");
      items.unshift({ kind: "text", name: "message.txt", modified: print(text.value), body: new Blob([text.value]), path: null, offset: null, seen: 0 });
    }
    if (!items.length) throw new Refused("Choose a file or write a message first.");
    const total = items.reduce((sum, item) => sum + item.body.size, 0);
    if (total > limit("maxSubmission")) throw new Refused(`That is too much at once: ${size(limit("maxSubmission"))} at most.`);
    return items;
  };

  const lock = (sending) => {
    for (const control of [input, text, sendButton]) if (control) control.disabled = sending;
    cancelButton.hidden = !sending;
    panel.hidden = !sending;
  };

  const row = (file) => {
    const line = document.createElement("li");
    line.className = "file";
    const name = document.createElement("bdi");
    name.textContent = file.name;
    const more = document.createElement("span");
    more.className = "more";
    more.textContent = ` ${size(file.size)}`;
    line.append(name, more);
    return line;
  };

  // Says what the page after the plain form says.
  const thank = (items) => {
    const files = items.filter((item) => item.kind === "file").map((item) => item.body);
    const counted = files.length === 1 ? "1 file" : `${files.length.toLocaleString("en")} files`;
    const total = size(items.reduce((sum, item) => sum + item.body.size, 0));
    const card = document.createElement("section");
    card.className = "card result";
    const heading = document.createElement("h2");
    heading.textContent = "Thank you";
    heading.tabIndex = -1;
    const words = document.createElement("p");
    words.className = "lead";
    words.textContent = !files.length ? "Your message has arrived."
      : `${counted}${files.length < items.length ? " and a message" : ""} arrived, ${total} in all.`;
    const names = document.createElement("ul");
    names.className = "files";
    names.append(...files.map(row));
    const more = document.createElement("p");
    const link = document.createElement("a");
    link.className = "button";
    link.href = "/";
    link.textContent = "Send more";
    more.append(link);
    card.append(heading, words, names, more);
    form.replaceWith(card);
    heading.focus();
  };

  const stay = (event) => event.preventDefault();

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (run) return;
    try {
      run = { items: checked(), submission: null, files: {}, samples: [], failures: 0, piece: smallestPiece * 4, cancelled: false };
      lock(true);
      say("Sending. Keep this page open.");
      show();
      addEventListener("beforeunload", stay);
      await sendAll();
      remember(null);
      removeEventListener("beforeunload", stay);
      thank(run.items);
    } catch (error) {
      if (error instanceof Cancelled) {
        for (const path of Object.values(run.files)) ask("DELETE", path, {}).catch(() => { /* it expires by itself */ });
        remember(null);
      }
      say(error instanceof Cancelled ? "Cancelled. Nothing of it is kept." : error instanceof Refused ? error.message : `It can't be sent: ${error.message}`);
      removeEventListener("beforeunload", stay);
      lock(false);
    } finally {
      run = null;
    }
  });

  cancelButton.addEventListener("click", () => {
    if (!run) return;
    run.cancelled = true;
    if (run.request) run.request.abort();
    if (run.wake) run.wake();
  });

  addEventListener("online", () => { if (run && run.wake) run.wake(); });

  const choose = (files) => {
    chosen = files;
    if (!list) return;
    list.replaceChildren(...files.map(row));
  };

  if (input) {
    choose(Array.from(input.files)); // a browser that was reloaded may have kept them
    input.addEventListener("change", () => choose(Array.from(input.files)));
    form.querySelector(".hint").hidden = false;
    for (const type of ["dragenter", "dragover"]) addEventListener(type, (event) => { event.preventDefault(); form.classList.add("over"); });
    for (const type of ["dragleave", "drop"]) addEventListener(type, () => form.classList.remove("over"));
    addEventListener("drop", (event) => {
      event.preventDefault();
      if (!run && event.dataTransfer.files.length) choose([...chosen, ...event.dataTransfer.files]);
    });
  }
  if (remembered()) say("An upload was interrupted. Choose the same files again and press Send: it goes on where it stopped.");
})();
