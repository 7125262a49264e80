// The receive page: what is chosen, how far it is, and what became of it. Without scripts the form is sent as forms are.
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

  let chosen = [];
  let sending = null;

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
      const words = [`${size(there)} of ${size(total)} arrived`];
      if (speed > 0) words.push(`${size(Math.round(speed))}/s`, `${span((total - there) / speed)} left`);
      figures.textContent = words.join(" · ");
    };
  };

  const checked = () => {
    const limit = (name) => form.dataset[name] ? Number(form.dataset[name]) : Infinity;
    const refuse = (words) => { throw new OnionUpload.Refused(words); };
    if (chosen.length > limit("maxFiles")) refuse(`These are ${chosen.length.toLocaleString("en")} files: ${limit("maxFiles").toLocaleString("en")} at once are taken at most. Send them in several rounds, or as one archive (zip).`);
    for (const item of chosen)
      if (item.body.size > limit("maxFile")) refuse(`“${item.name}” is too large: a file may have ${size(limit("maxFile"))} at most.`);
    const items = [...chosen];
    if (text && text.value) {
      if (text.value.length > limit("maxText")) refuse("The message is too long.");
      items.unshift(OnionFiles.ofText(text.value));
    }
    if (!items.length) refuse("Choose a file or write a message first.");
    if (sum(items, (item) => item.body.size) > limit("maxSubmission")) refuse(`That is too much at once: ${size(limit("maxSubmission"))} at most.`);
    return items;
  };

  const lock = (isSending) => {
    for (const control of [input, text, sendButton]) if (control) control.disabled = isSending;
    cancelButton.hidden = !isSending;
    panel.hidden = !isSending;
  };

  const add = (parent, name, className, words) => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = words;
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

  // Says what the page after the plain form says.
  const thank = ({ sent, skipped }) => {
    const files = sent.filter((item) => item.kind === "file");
    const counted = files.length === 1 ? "1 file" : `${files.length.toLocaleString("en")} files`;
    const card = document.createElement("section");
    card.className = "card result";
    const heading = add(card, "h2", "", "Thank you");
    heading.tabIndex = -1;
    add(card, "p", "lead", !files.length ? "Your message has arrived."
      : `${counted}${files.length < sent.length ? " and a message" : ""} arrived, ${size(sum(sent, (item) => item.body.size))} in all.`);
    rows(add(card, "ul", "files", ""), files);
    if (skipped.length) {
      add(card, "p", "lead", "Not sent, because it can't be read: it was changed, moved or deleted after it was chosen, or you may not read it.");
      rows(add(card, "ul", "files unsent", ""), skipped);
    }
    add(add(card, "p", "", ""), "a", "button", "Send more").href = "/";
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
      say("Sending. Keep this page open.");
      show();
      addEventListener("beforeunload", stay);
      sending = OnionUpload.start(items, { say, show });
      const result = await sending.done;
      removeEventListener("beforeunload", stay);
      thank(result);
    } catch (error) {
      removeEventListener("beforeunload", stay);
      say(error instanceof OnionUpload.Cancelled ? "Cancelled. Nothing of it is kept."
        : error instanceof OnionUpload.Refused ? error.message : `It can't be sent: ${error.message}`);
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
    form.querySelector(".hint").hidden = false;
    for (const type of ["dragenter", "dragover"]) addEventListener(type, (event) => { event.preventDefault(); form.classList.add("over"); });
    for (const type of ["dragleave", "drop"]) addEventListener(type, () => form.classList.remove("over"));
    addEventListener("drop", async (event) => {
      event.preventDefault();
      if (sending) return;
      const { items, unread } = await OnionFiles.dropped(event.dataTransfer);
      if (items.length) choose([...chosen, ...items]);
      if (unread.length) say(`Left out, because it can't be read: ${unread.join(", ")}.`);
    });
  }
  if (OnionUpload.isInterrupted()) say("An upload was interrupted. Choose the same files again and press Send: it goes on where it stopped.");
})();
