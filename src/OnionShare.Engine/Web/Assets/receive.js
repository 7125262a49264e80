// The receive page: what is chosen, how far it is, and what became of it. Without scripts the form is sent as forms are.
(() => {
  "use strict";

  const { say: words, size } = OnionWords;

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

  let chosen = [];
  let sending = null;

  const say = (told) => { if (status.textContent !== told) status.textContent = told; };

  const span = (seconds) => {
    if (seconds < 60) return words("receive.script.span-seconds", { seconds: Math.ceil(seconds) });
    if (seconds < 3600) return words("receive.script.span-minutes", { minutes: Math.ceil(seconds / 60) });
    return words("receive.script.span-hours", { hours: Math.floor(seconds / 3600), minutes: Math.ceil(seconds % 3600 / 60) });
  };

  const sum = (items, of) => items.reduce((all, item) => all + of(item), 0);

  // How far it is, and how fast over the last seconds.
  const progress = (items) => {
    const samples = [];
    return () => {
      const total = sum(items, (item) => item.body.size);
      const there = sum(items, (item) => item.seen || 0);
      const now = performance.now();
      samples.push([now, there]);
      while (samples.length > 2 && now - samples[0][0] > 20000) samples.shift();
      const [then, before] = samples[0];
      const speed = now - then > 1000 ? (there - before) * 1000 / (now - then) : 0;
      bar.value = total ? 100 * there / total : 100;
      const parts = [words("receive.script.progress", { there: size(there), total: size(total) })];
      if (speed > 0) parts.push(words("receive.script.rate", { size: size(Math.round(speed)) }), words("receive.script.left", { time: span((total - there) / speed) }));
      figures.textContent = parts.join(" · ");
    };
  };

  const checked = () => {
    const limit = (name) => form.dataset[name] ? Number(form.dataset[name]) : Infinity;
    const refuse = (key, values) => { throw new OnionUpload.Refused(words(key, values)); };
    if (chosen.length > limit("maxFiles")) refuse("receive.script.too-many", { count: chosen.length, most: limit("maxFiles") });
    for (const item of chosen)
      if (item.body.size > limit("maxFile")) refuse("receive.script.too-large", { name: item.name, size: size(limit("maxFile")) });
    const items = [...chosen];
    if (text && text.value) {
      if (text.value.length > limit("maxText")) refuse("receive.script.text-too-long");
      items.unshift(OnionFiles.ofText(text.value));
    }
    if (!items.length) refuse("receive.script.nothing");
    if (sum(items, (item) => item.body.size) > limit("maxSubmission")) refuse("receive.script.too-much", { size: size(limit("maxSubmission")) });
    return items;
  };

  const lock = (isSending) => {
    for (const control of [input, text, sendButton]) if (control) control.disabled = isSending;
    cancelButton.hidden = !isSending;
    panel.hidden = !isSending;
  };

  const add = (parent, name, className, content) => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = content;
    parent.append(element);
    return element;
  };

  const rows = (parent, items) => {
    for (const item of items) {
      const line = add(parent, "li", "file", "");
      add(line, "bdi", "", item.name);
      add(line, "span", "more", ` ${size(item.body.size)}`);
    }
  };

  const receiptRows = (parent, lines) => {
    for (const { name, message, size: length, sha256 } of lines) {
      const line = add(parent, "li", "file", "");
      if (message) add(line, "span", "", words("receive.message"));
      else add(line, "bdi", "", name);
      add(line, "span", "more", ` ${size(length)}`);
      if (sha256) add(add(line, "span", "hash", "SHA-256 "), "code", "", sha256);
    }
  };

  // Says what the page after the plain form says.
  const thank = ({ sent, skipped, receipt }) => {
    const files = sent.filter((item) => item.kind === "file");
    const card = document.createElement("section");
    card.className = "card result";
    const heading = add(card, "h2", "", words("result.thanks"));
    heading.tabIndex = -1;
    add(card, "p", "lead", !files.length ? words("result.message")
      : words(files.length < sent.length ? "result.files-and-message" : "result.files", { count: files.length, size: size(sum(sent, (item) => item.body.size)) }));
    if (receipt) add(card, "p", "", words("result.receipt"));
    if (receipt) receiptRows(add(card, "ul", "files", ""), receipt);
    else rows(add(card, "ul", "files", ""), files);
    if (skipped.length) {
      add(card, "p", "lead", words("receive.script.skipped"));
      rows(add(card, "ul", "files unsent", ""), skipped);
    }
    add(add(card, "p", "", ""), "a", "button", words("result.again")).href = OnionWords.link("/");
    form.replaceWith(card);
    heading.focus();
  };

  const stay = (event) => event.preventDefault();

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    try {
      const items = checked();
      const show = progress(items);
      lock(true);
      say(words("receive.script.sending"));
      show();
      addEventListener("beforeunload", stay);
      sending = OnionUpload.start(items, { say, show });
      const result = await sending.done;
      removeEventListener("beforeunload", stay);
      thank(result);
    } catch (error) {
      removeEventListener("beforeunload", stay);
      say(error instanceof OnionUpload.Cancelled ? words("receive.script.cancelled")
        : error instanceof OnionUpload.Refused ? error.message : words("receive.script.failed", { why: error.message }));
      lock(false);
    } finally {
      sending = null;
    }
  });

  cancelButton.addEventListener("click", () => { if (sending) sending.cancel(); });

  addEventListener("online", () => { if (sending) sending.wake(); });

  const choose = (items) => {
    chosen = items;
    list.replaceChildren();
    rows(list, items);
  };

  if (input) {
    const fromInput = () => choose(Array.from(input.files, (file) => OnionFiles.ofFile(file)));
    fromInput(); // a browser that was reloaded may have kept them
    input.addEventListener("change", fromInput);
    for (const shown of form.querySelectorAll(".hint, .choose")) shown.hidden = false;
    form.classList.add("choosing");
    for (const type of ["dragenter", "dragover"]) addEventListener(type, (event) => { event.preventDefault(); form.classList.add("over"); });
    for (const type of ["dragleave", "drop"]) addEventListener(type, () => form.classList.remove("over"));
    addEventListener("drop", async (event) => {
      event.preventDefault();
      if (sending) return;
      const { items, unread } = await OnionFiles.dropped(event.dataTransfer);
      if (items.length) choose([...chosen, ...items]);
      if (unread.length) say(words("receive.script.left-out", { names: OnionWords.list(unread) }));
    });
  }
  if (OnionUpload.isInterrupted()) say(words("receive.script.interrupted"));
})();
