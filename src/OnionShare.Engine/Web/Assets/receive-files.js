// The files of the receive page: which were chosen or dropped, whether they can still be read, and how one is told from another.
const OnionFiles = (() => {
  "use strict";

  const samples = 9;
  const sampleSize = 4096;

  class Unreadable extends Error {} // changed, moved, deleted, or not for this person to read

  const unreadable = (name) => new Unreadable(OnionWords.say("receive.script.unreadable", { name }));

  const read = async (item, from, to) => {
    try {
      return new Uint8Array(await item.body.slice(from, to).arrayBuffer());
    } catch {
      throw unreadable(item.name);
    }
  };

  /** Fails if the file can't be read at an offset any more. A browser that sends it shows only that the connection broke. */
  const check = async (item, offset) => {
    const byte = await read(item, offset, offset + 1);
    if (!byte.length && offset < item.body.size) throw unreadable(item.name);
  };

  // FNV-1a, twice with different starts: against accidents, not against enemies, who would only mix their own files.
  const hash = (bytes, sums) => {
    for (const byte of bytes) {
      sums[0] = Math.imul(sums[0] ^ byte, 0x01000193);
      sums[1] = Math.imul(sums[1] ^ byte, 0x5bd1e995) ^ sums[1] >>> 15;
    }
  };

  /** What tells it from others after a reload: its path, size and time, and blocks from its start to its end. */
  const fingerprint = async (item) => {
    const sums = [0x811c9dc5, 0x2f0b4f27];
    const size = item.body.size;
    const last = Math.max(0, size - sampleSize);
    const starts = new Set(Array.from({ length: samples }, (_, at) => Math.floor(last * at / (samples - 1))));
    for (const start of starts) hash(await read(item, start, Math.min(size, start + sampleSize)), sums);
    const sum = sums.map((part) => (part >>> 0).toString(16)).join("");
    return [item.kind, item.path || item.name, size, item.modified, sum].join("|");
  };

  const ofFile = (file, path) => ({ kind: "file", name: file.name, path: path || file.webkitRelativePath || file.name, modified: file.lastModified, body: file });

  const ofText = (words) => ({ kind: "text", name: "message.txt", path: "", modified: 0, body: new Blob([words]) });

  const list = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

  const walk = async (entry, found) => {
    try {
      if (entry.isFile) {
        found.items.push(ofFile(await new Promise((resolve, reject) => entry.file(resolve, reject)), entry.fullPath));
        return;
      }
      const reader = entry.createReader();
      // It gives a hundred at a time.
      for (let some = await list(reader); some.length; some = await list(reader)) for (const child of some) await walk(child, found);
    } catch {
      found.unread.push(entry.name);
    }
  };

  /** What was dropped, folders with all that is in them, and the names of what could not be read. */
  const dropped = async (transfer) => {
    const found = { items: [], unread: [] };
    // They are there during the event only, so all are asked for before the first is waited for.
    const entries = Array.from(transfer.items).filter((item) => item.kind === "file")
      .map((item) => ({ entry: item.webkitGetAsEntry && item.webkitGetAsEntry(), file: item.getAsFile() }));
    for (const { entry, file } of entries) {
      if (entry) await walk(entry, found);
      else if (file) found.items.push(ofFile(file));
    }
    return found;
  };

  return { Unreadable, check, fingerprint, ofFile, ofText, dropped };
})();
