// Sends files piece by piece (tus 1.0), so that an upload goes on after a lost circuit, a reload, or a restart of the service.
const OnionUpload = (() => {
  "use strict";

  const words = OnionWords.say;

  const memoryKey = "onionshare-upload";
  const smallestPiece = 256 * 1024;
  const largestPiece = 64 * 1024 * 1024;
  const pieceTime = 8000; // a piece is to take about so long: few round trips, and little to lose
  const pollEvery = 2000;
  const stalledAfter = 120000;
  const longestDelay = 60;
  const mostFailures = 60; // in a row: about an hour
  const mostRounds = 4;

  class Refused extends Error {} // told to the person, and the end of it
  class Lost extends Error {} // the connection, or the service for the moment
  class Gone extends Error {} // the service knows the upload no longer
  class Unfinished extends Error {} // something that had arrived was lost there
  class Cancelled extends Error {}

  // What is needed to go on after a reload. It ends with the tab; where there is no such memory it goes on until a reload only.
  const remembered = () => {
    try {
      const known = JSON.parse(sessionStorage.getItem(memoryKey));
      return known && Array.isArray(known.files) ? known : null;
    } catch {
      return null;
    }
  };
  const remember = (value) => {
    try {
      if (value) sessionStorage.setItem(memoryKey, JSON.stringify(value));
      else sessionStorage.removeItem(memoryKey);
    } catch { /* no memory: see above */ }
  };

  const encode = (value) => btoa(String.fromCharCode(...new TextEncoder().encode(value)));

  const refusal = (xhr) => {
    try { return JSON.parse(xhr.responseText).error_flashes[0]; } catch { return words("receive.script.answered", { status: String(xhr.status) }); }
  };

  // What arrived, with its SHA-256, where the service gives receipts.
  const receipt = (xhr) => {
    try { return JSON.parse(xhr.responseText).receipt; } catch { return undefined; }
  };

  /**
   * Begins to send.
   * @param items What to send: see OnionFiles. Each gets `seen`, how much of it has arrived.
   * @param tell `say(words)` for the person, and `show()` when more has arrived.
   * @returns `done`, a promise of what was sent, what was left out, and the service's receipt if it gives one; `cancel()`; `wake()`, to try again at once.
   */
  const start = (items, tell) => {
    const run = { items: [...items], skipped: [], submission: null, files: [], failures: 0, piece: smallestPiece * 4, cancelled: false, request: null, wake: null };

    const ask = (method, path, headers, body) => {
      const xhr = new XMLHttpRequest();
      const promise = new Promise((resolve, reject) => {
        xhr.open(method, `${location.origin}${path}${path.includes("?") ? "&" : "?"}lang=${OnionWords.language}`);
        xhr.setRequestHeader("Tus-Resumable", "1.0.0");
        for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
        if (!body) xhr.timeout = stalledAfter;
        xhr.onload = () => {
          if (xhr.status < 300) resolve(xhr);
          else if (xhr.status === 401) reject(new Refused(words("receive.script.password")));
          else if (xhr.status === 404 || xhr.status === 410) reject(new Gone());
          else if (xhr.status === 409 && method === "POST") reject(new Unfinished(refusal(xhr)));
          // It has got more, or less, than was known here, and is asked how much: nothing for a person to do.
          else if (xhr.status === 409) reject(new Lost(words("receive.script.lost")));
          else if (xhr.status === 429 || xhr.status >= 500 && xhr.status !== 507) reject(new Lost(refusal(xhr)));
          else reject(new Refused(refusal(xhr)));
        };
        xhr.onerror = xhr.ontimeout = () => reject(new Lost(words("receive.script.lost")));
        xhr.onabort = () => reject(run.cancelled ? new Cancelled() : new Lost(words("receive.script.still")));
        xhr.send(body || null);
      });
      promise.abort = () => xhr.abort();
      run.request = promise;
      return promise;
    };

    const wait = (seconds) => new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      run.wake = () => { clearTimeout(timer); resolve(); };
    });

    // Tries until it works, is refused, is cancelled, or has failed for an hour; the delays grow as long as nothing at all gets through.
    const persist = async (attempt) => {
      for (;;) {
        if (run.cancelled) throw new Cancelled();
        try {
          const result = await attempt();
          if (run.failures) tell.say(words("receive.script.goes-on"));
          run.failures = 0;
          return result;
        } catch (error) {
          if (!(error instanceof Lost)) throw error;
          if (run.cancelled) throw new Cancelled();
          if (navigator.onLine === false) {
            tell.say(words("receive.script.offline"));
            await wait(longestDelay);
            continue;
          }
          const delay = Math.min(longestDelay, 2 ** run.failures++);
          if (run.failures > mostFailures) throw new Refused(words("receive.script.unreached", { why: error.message }));
          tell.say(words("receive.script.retry", { why: error.message, seconds: delay }));
          await wait(delay);
        }
      }
    };

    const see = (item, offset) => { item.seen = offset; tell.show(); };

    const save = () => remember({ submission: run.submission, files: run.files });

    const create = async (item) => {
      const metadata = [`filename ${encode(item.name)}`, `kind ${encode(item.kind)}`, `submission ${encode(run.submission)}`];
      const answer = await ask("POST", "/files", { "Upload-Length": String(item.body.size), "Upload-Metadata": metadata.join(",") });
      item.url = answer.getResponseHeader("Location");
      item.offset = Number(answer.getResponseHeader("Upload-Offset"));
      run.files.push({ key: item.key, url: item.url });
      save();
    };

    const forget = (url) => { run.files = run.files.filter((file) => file.url !== url); save(); };

    const drop = (url) => ask("DELETE", url, {}).catch((error) => { if (!(error instanceof Gone)) throw error; });

    const locate = async (item) => {
      const answer = await ask("HEAD", item.url, {});
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
        xhr.open("HEAD", location.origin + item.url);
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
      const from = item.offset;
      const end = Math.min(from + run.piece, item.body.size);
      const began = performance.now();
      const piece = ask("PATCH", item.url,
        { "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" }, item.body.slice(from, end));
      const watching = watch(item, piece);
      try {
        const answer = await piece;
        item.offset = Number(answer.getResponseHeader("Upload-Offset"));
        see(item, item.offset);
      } catch (error) {
        item.offset = null; // how much of it arrived is for the service to tell
        run.piece = Math.max(smallestPiece, run.piece / 2);
        if (error instanceof Lost) await OnionFiles.check(item, from);
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
          if (!item.key) item.key = await OnionFiles.fingerprint(item);
          if (!item.url) await persist(() => create(item));
          if (item.offset === null) await persist(() => locate(item));
          if (item.offset >= item.body.size) return see(item, item.body.size);
          await persist(async () => {
            if (item.offset === null) await locate(item);
            if (item.offset < item.body.size) await sendPiece(item);
          });
        } catch (error) {
          if (!(error instanceof Gone) || !item.url) throw error;
          forget(item.url);
          item.url = null;
          if (item.seen) tell.say(words("receive.script.anew"));
          see(item, 0);
        }
      }
    };

    // What can't be read is left out, and the others go on.
    const uploadOrSkip = async (item) => {
      try {
        await upload(item);
      } catch (error) {
        if (!(error instanceof OnionFiles.Unreadable)) throw error;
        run.items = run.items.filter((other) => other !== item);
        run.skipped.push(item);
        tell.say(error.message);
        if (!item.url) return;
        await persist(() => drop(item.url));
        forget(item.url);
      }
    };

    const begin = async () => {
      const total = run.items.reduce((sum, item) => sum + item.body.size, 0);
      const answer = await ask("POST", `/submissions?bytes=${total}`, {});
      run.submission = JSON.parse(answer.responseText).id;
      run.files = [];
      for (const item of run.items) Object.assign(item, { url: null, offset: null, seen: 0 });
    };

    // Finds what an upload that was interrupted had sent. Of two files that can't be told apart the first is the first.
    const recall = async (known) => {
      const left = [...known.files];
      for (const item of run.items) {
        try {
          item.key = await OnionFiles.fingerprint(item);
        } catch {
          continue; // it is skipped, and said, when its turn comes
        }
        const at = left.findIndex((file) => file.key === item.key);
        if (at < 0) continue;
        item.url = left[at].url;
        run.files.push(...left.splice(at, 1));
      }
      if (!run.files.length) return;
      run.submission = known.submission;
      tell.say(words("receive.script.resuming"));
      // What is not sent this time must not keep the rest waiting for it.
      for (const file of left) await persist(() => drop(file.url));
      save();
    };

    const sendAll = async () => {
      for (const item of run.items) Object.assign(item, { key: null, url: null, offset: null, seen: 0 });
      const known = remembered();
      if (known) await recall(known);
      for (let round = 0; round < mostRounds; round++) {
        try {
          if (!run.submission) await persist(begin);
          for (const item of [...run.items]) await uploadOrSkip(item);
          if (!run.items.length) throw new Refused(words("receive.script.none"));
          return receipt(await persist(() => ask("POST", `/submissions/${run.submission}`, {})));
        } catch (error) {
          // The service has forgotten all of it, as after a long time, or lost some: once more from what it has.
          if (error instanceof Gone) run.submission = null;
          else if (error instanceof Unfinished) for (const item of run.items) item.offset = null;
          else throw error;
        }
      }
      throw new Refused(words("receive.script.not-kept"));
    };

    const finish = async () => {
      try {
        const lines = await sendAll();
        remember(null);
        return { sent: run.items, skipped: run.skipped, receipt: lines };
      } catch (error) {
        if (error instanceof Cancelled) {
          for (const file of run.files) ask("DELETE", file.url, {}).catch(() => { /* it expires by itself */ });
          remember(null);
        }
        throw error;
      }
    };

    return {
      done: finish(),
      wake: () => { if (run.wake) run.wake(); },
      cancel: () => {
        run.cancelled = true;
        if (run.request) run.request.abort();
        if (run.wake) run.wake();
      },
    };
  };

  return { start, Refused, Cancelled, isInterrupted: () => remembered() !== null };
})();
