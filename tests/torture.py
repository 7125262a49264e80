"""Blows at random moments against a running engine, under a load of all modes. After each blow: what was acknowledged is there, what was sent is
right, everything can be stopped, nothing is left running, and the next start comes at once. Run by tests/torture.sh, which says how."""
import argparse
import base64
import collections
import ctypes
import fcntl
import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SECRET = os.urandom(12).hex()
LIMIT = 120  # seconds: longer than anything takes on a machine that is busy with other things too
DISK = "48m"
KEEP = 60  # files of the inbox that stay for the blows that follow; older ones, once they were found right, are taken out as people do


def password(name):
    """One for each service: what is sent to a port that another has taken is not let in there."""
    return f"{SECRET}-{name}"


def authorization(name):
    return "Basic " + base64.b64encode(f"onionshare:{password(name)}".encode()).decode()


class Fault(Exception):
    """Something that must hold does not."""


def until(holds, what, limit=LIMIT):
    """Waits until it holds; gives what it gave."""
    end = time.monotonic() + limit
    while True:
        if value := holds():
            return value
        if time.monotonic() > end:
            raise Fault(f"{what() if callable(what) else what} (waited {limit} s)")
        time.sleep(0.05)


class Control:
    """The engine's own interface, over its socket."""

    def __init__(self, path):
        self.path = path

    def ask(self, method, route, body=None):
        class Connection(http.client.HTTPConnection):
            def connect(inner):
                inner.sock = socket.socket(socket.AF_UNIX)
                inner.sock.settimeout(LIMIT)
                inner.sock.connect(self.path)

        connection = Connection("engine")
        try:
            connection.request(method, route, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def answers(self):
        try:
            return self.ask("GET", "/v1/engine")[0] == 200
        except (OSError, http.client.HTTPException):
            return False


class World:
    """An engine with its services, the folders they live in, and the processes that own them."""

    def __init__(self, options, seed):
        self.options, self.random = options, random.Random(seed)
        self.root = tempfile.mkdtemp(prefix="ost-")
        self.mounts, self.owners, self.services, self.engine, self.network, self.torrc = [], {}, {}, None, None, None
        for folder in ("disk", "home", "tmp", "files"):
            os.mkdir(self.at(folder))
        self.can_mount = self.mount("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", self.at("disk"))
        self.inbox, self.state = self.at("disk/inbox"), self.at("disk/state")
        os.mkdir(self.inbox)
        os.mkdir(self.state, 0o700)
        for name, size in (("small.txt", 300), ("large.bin", 3_000_000), ("index.html", 2_000)):
            with open(self.at("files/" + name), "wb") as file:
                file.write(random.Random(name).randbytes(size))
        self.control = Control(self.at("disk/state/run/engine.sock"))
        self.faketime = next((path for path in ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1") if os.path.exists(path)), None)
        self.errors = open(self.at("engine.err"), "ab")

    def at(self, name):
        return os.path.join(self.root, name)

    def mount(self, *arguments):
        done = subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0 if shutil.which("mount") else False
        if done:
            self.mounts.append(arguments[-1])
        return done

    def unmount(self, path):
        subprocess.run(["umount", "-l", path], capture_output=True, check=True)
        self.mounts.remove(path)

    def start_network(self):
        """A private Tor network; without tor the blows against it are left out."""
        if not (shutil.which("tor") and shutil.which("tor-gencert") and os.path.exists(self.options.network)):
            return
        self.network = subprocess.Popen(["dotnet", self.options.network], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.torrc = self.network.stdout.readline().strip() or None

    def start_engine(self):
        environment = {
            "PATH": os.environ["PATH"], "HOME": self.at("home"), "TMPDIR": self.at("tmp"), "ONIONSHARE_HOME": self.state, "XDG_RUNTIME_DIR": "",
            "DOTNET_EnableDiagnostics": "0", "DOTNET_TieredPGO": "0", "LANG": "C.UTF-8"}
        environment |= {name: os.environ[name] for name in ("DOTNET_ROOT",) if name in os.environ}
        if self.faketime:
            self.set_clock(0)
            environment |= {"LD_PRELOAD": self.faketime, "FAKETIME_TIMESTAMP_FILE": self.at("clock"), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        arguments = [os.path.abspath(self.options.engine), "serve", "--idle-exit", "10m", "--no-resume", "--log", self.at("engine.log")]
        if self.torrc:
            # tor keeps its own time: its threads do not start with a clock that is set.
            with open(self.at("tor"), "w", encoding="ascii") as file:
                file.write(f'#!/bin/sh\nunset LD_PRELOAD\nexec {shutil.which("tor")} "$@"\n')
            os.chmod(self.at("tor"), 0o755)
            arguments += ["--torrc-include", self.torrc, "--tor", self.at("tor")]
        self.engine = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors)
        until(lambda: self.engine.poll() is not None or self.control.answers(), "the engine does not answer after its start")
        if self.engine.poll() is not None:
            raise Fault(f"the engine ends at its start: {self.engine.returncode}")

    def set_clock(self, seconds):
        with open(self.at("clock.new"), "w", encoding="ascii") as file:
            file.write(f"{seconds:+d}s")
        os.rename(self.at("clock.new"), self.at("clock"))

    def owner(self, name):
        process = self.owners.get(name)
        if process is None or process.poll() is not None:
            process = self.owners[name] = subprocess.Popen(["sleep", "86400"])
        with open(f"/proc/{process.pid}/stat", encoding="utf8") as file:
            ticks = file.read().rpartition(")")[2].split()[19]
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return {"processId": process.pid, "start": f"{file.read().strip()}/{ticks}"}

    def request(self, name):
        common = {"name": name, "password": password(name), "guessLimit": 0, "localOnly": name != "onion", "owner": self.owner("first" if name in ("share", "site", "onion") else "second")}
        # The mode first: that tells what the rest is.
        return {
            "share": {"mode": "share", "paths": [self.at("files")], "keepSharing": True},
            "onion": {"mode": "share", "paths": [self.at("files/small.txt")], "keepSharing": True},
            "site": {"mode": "website", "paths": [self.at("files")]},
            "inbox": {"mode": "receive", "path": self.inbox, "minFreeSpace": 1_000_000},
            "room": {"mode": "chat"}}[name] | common

    def names(self):
        return ["share", "site", "inbox", "room"] + (["onion"] if self.torrc else [])

    def start_services(self):
        """Starts those that do not run, and waits until they do."""
        for name in self.names():
            if self.state_of(name) in (None, "Stopped", "Failed"):
                self.start(name)
        for name in self.names():
            self.services[name] = until(lambda name=name: self.running(name), lambda name=name: f"{name} does not run: {self.status(name)}", 3 * LIMIT)

    def start(self, name):
        status, answer = self.control.ask("POST", "/v1/services", self.request(name))
        if status != 202:
            raise Fault(f"{name} is not started: {answer}")
        self.services[name] = answer

    def running(self, name):
        status = self.status(name)
        if status is not None and status["state"] == "Stopped":
            self.start(name)  # its stop was still waiting for a transfer
        if status is not None and status["state"] == "Failed":
            raise Fault(f"{name} fails: {status.get('error')}")
        return status if status is not None and status["state"] == "Running" else None

    def status(self, name):
        if name not in self.services:
            return None
        try:
            code, answer = self.control.ask("GET", "/v1/services/" + self.services[name]["id"])
        except (OSError, http.client.HTTPException):
            return None
        return answer if code == 200 else None

    def state_of(self, name):
        status = self.status(name)
        return None if status is None else status["state"]

    def stop(self, name, force):
        self.control.ask("DELETE", f"/v1/services/{self.services[name]['id']}{'?force=true' if force else ''}")
        until(lambda: self.state_of(name) in (None, "Stopped", "Failed"), lambda: f"{name} can't be stopped{' by force' if force else ''}: {self.status(name)}")

    def children(self):
        """Processes of this world's engines, by the folder that stands in their environment or arguments; their own engine not counted."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    environment = file.read()
                with open(f"/proc/{pid}/stat", encoding="utf8") as file:
                    ended = file.read().rpartition(")")[2].split()[0] in "ZX"
            except OSError:
                continue
            if f"ONIONSHARE_HOME={self.state}".encode() in environment and not ended and (self.engine is None or int(pid) != self.engine.pid):
                found.append(int(pid))
        return found

    def tor(self):
        return next((pid for pid in self.children() if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "tor"), None)

    def end_engine(self, how):
        """Ends the engine; nothing of it may be left."""
        engine, self.engine = self.engine, None
        ports = [service["port"] for service in self.services.values() if service.get("port")]
        engine.send_signal(how)
        try:
            code = engine.wait(2 * LIMIT)
        except subprocess.TimeoutExpired:
            engine.kill()
            raise Fault(f"the engine does not end at signal {how}") from None
        if how == signal.SIGTERM and code != 0:
            raise Fault(f"the engine ends with {code} when it is asked to end")
        until(lambda: not self.children(), "something of the engine is left running", LIMIT)
        for port in ports:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    raise Fault(f"somebody listens at port {port} still")

    def close(self):
        for process in [self.engine, *self.owners.values(), self.network]:
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(LIMIT)
                except subprocess.TimeoutExpired:
                    process.kill()
        for path in reversed(self.mounts[:]):
            self.unmount(path)
        self.errors.close()
        shutil.rmtree(self.root, ignore_errors=True)


class Load:
    """Visitors of all modes, with a ledger of what they were told."""

    def __init__(self, world, seed):
        self.world, self.lock, self.ending = world, threading.Lock(), threading.Event()
        self.acknowledged, self.counts, self.faults, self.hurt = {}, collections.Counter(), [], False
        self.whole = self.etag = None
        self.threads = [threading.Thread(target=self.run, args=(work, f"{seed}-{number}"), daemon=True) for number, work in enumerate((self.download, self.download, self.visit, self.form, self.form, self.tus, self.chat))]

    def start(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(2 * LIMIT)
            if thread.is_alive():
                self.faults.append("a visitor waits for ever")

    def run(self, work, seed):
        choice = random.Random(seed)
        while not self.ending.is_set():
            try:
                work(choice)
            except (OSError, http.client.HTTPException, KeyError, EOFError):
                self.ending.wait(0.1)  # the engine is away, or the connection broke: both are what this is about
            except (Fault, ValueError) as fault:
                with self.lock:
                    self.faults.append(f"{type(fault).__name__}: {fault}")
            self.ending.wait(0.02)

    def http(self, name):
        return http.client.HTTPConnection("127.0.0.1", self.world.services[name]["port"], timeout=LIMIT)

    def ask(self, name, method, path, body=None, headers=None):
        connection = self.http(name)
        try:
            connection.request(method, path, body, {"Authorization": authorization(name)} | (headers or {}))
            answer = connection.getresponse()
            data = answer.read()
            if answer.status == 401:
                raise OSError("another service is at that port now")
            if answer.status == 500 and not self.hurt:
                raise Fault(f"500 to {method} {path} at {name}: {data[:200]!r}")
            return answer, data
        finally:
            connection.close()

    def download(self, choice):
        start = choice.randrange(3_000_000)
        end = start + choice.choice((1, 1000, 100_000, 5_000_000))
        headers = {} if choice.random() < 0.2 else {"Range": f"bytes={start}-{end}"}
        answer, data = self.ask("share", "GET", "/download", headers=headers)
        if answer.status == 200:
            with self.lock:
                known = self.whole = self.whole or data
            if data != known:
                raise Fault("a download has other bytes than the one before")
        elif answer.status == 206 and self.whole:
            if data != self.whole[start:end + 1]:
                raise Fault(f"a range has wrong bytes: {start}-{end}")
        self.counts["downloads compared"] += 1

    def visit(self, choice):
        name = choice.choice(("small.txt", "index.html", "large.bin"))
        answer, data = self.ask("site", "GET", "/" + name)
        with open(self.world.at("files/" + name), "rb") as file:
            if answer.status == 200 and data != file.read():
                raise Fault(f"a page has wrong bytes: {name}")
        self.counts["pages compared"] += 1

    def acknowledge(self, how, *contents):
        with self.lock:
            for content in contents:
                self.acknowledged[hashlib.sha256(content).hexdigest()] = f"{len(content)} bytes by {how} at {time.strftime('%H:%M:%S')}"
            self.counts["files acknowledged"] += len(contents)

    def form(self, choice):
        files = [choice.randbytes(choice.choice((10, 5_000, 200_000))) for _ in range(choice.randint(1, 3))]
        boundary = "x" + choice.randbytes(8).hex()
        body = b"".join(f'--{boundary}\r\nContent-Disposition: form-data; name="file[]"; filename="{choice.choice(("a", "b", "ü"))}.bin"\r\n\r\n'.encode() + file + b"\r\n" for file in files) + f"--{boundary}--\r\n".encode()
        answer, _ = self.ask("inbox", "POST", "/upload-ajax", body, {"Content-Type": "multipart/form-data; boundary=" + boundary})
        if answer.status == 200:
            self.acknowledge("form", *files)
        elif not self.hurt and answer.status != 503:
            raise Fault(f"a good form is refused: {answer.status}")

    def tus(self, choice):
        content = choice.randbytes(choice.choice((1_000, 60_000, 400_000)))
        common = {"Tus-Resumable": "1.0.0"}
        answer, _ = self.ask("inbox", "POST", "/files", None, common | {"Upload-Length": str(len(content)), "Upload-Metadata": "filename " + base64.b64encode(b"piece.bin").decode()})
        if answer.status != 201:
            return
        # A stop waits for who goes on trying: nobody does so for long where the disk takes nothing.
        place, offset, end = answer.getheader("Location"), 0, time.monotonic() + LIMIT
        while offset < len(content):
            if self.ending.is_set() or time.monotonic() > end:
                return
            try:
                piece = content[offset:offset + choice.choice((100, 20_000, 400_000))]
                if choice.random() < 0.1:
                    self.cut(place, offset, piece)
                    raise OSError("cut")
                answer, _ = self.ask("inbox", "PATCH", place, piece, common | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"})
                if answer.status == 204:
                    offset = int(answer.getheader("Upload-Offset"))
                    continue
                if answer.status >= 500:
                    end = min(end, time.monotonic() + 10)
            except (OSError, http.client.HTTPException):
                pass
            self.ending.wait(0.1)
            try:
                answer, _ = self.ask("inbox", "HEAD", place, None, common)
            except (OSError, http.client.HTTPException):
                continue
            if answer.status == 404:
                if not self.hurt:
                    raise Fault(f"a resumable upload is lost at {offset} of {len(content)}")
                return
            if answer.status == 200:
                offset = int(answer.getheader("Upload-Offset"))
        self.acknowledge("pieces", content)
        self.counts["resumable uploads"] += 1

    def cut(self, place, offset, piece):
        """Sends half a piece and hangs up."""
        with socket.create_connection(("127.0.0.1", self.world.services["inbox"]["port"]), LIMIT) as raw:
            raw.sendall(f"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1:{self.world.services['inbox']['port']}\r\nAuthorization: {authorization('inbox')}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {len(piece)}\r\n\r\n".encode() + piece[:len(piece) // 2])
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def chat(self, choice):
        port = self.world.services["room"]["port"]
        with socket.create_connection(("127.0.0.1", port), LIMIT) as raw:
            raw.sendall(f"GET /socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {authorization('room')}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
            stream = raw.makefile("rb")
            if b" 101 " not in stream.readline():
                raise EOFError  # the room is stopping, or another service is at that port now
            while stream.readline() not in (b"\r\n", b""):
                pass
            self.say(raw, {"type": "join"})
            for number in range(1, choice.randint(2, 6)):
                text = choice.randbytes(8).hex()
                self.say(raw, {"type": "say", "n": number, "text": text})
                while (message := self.hear(stream)).get("type") != "refused" and message.get("n") != number:
                    pass
                if message["type"] == "said" and message["text"] != text:
                    raise Fault("a message comes back as another")
                self.counts["messages heard"] += 1
                self.ending.wait(0.3)
            self.say(raw, struct.pack(">H", 1000), 8)

    @staticmethod
    def say(raw, message, opcode=1):
        payload = json.dumps(message).encode() if opcode == 1 else message
        raw.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload)

    @staticmethod
    def hear(stream):
        head = stream.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            raise EOFError
        length = head[1] if head[1] < 126 else int.from_bytes(stream.read(2 if head[1] == 126 else 8), "big")
        payload = stream.read(length)
        if len(payload) < length:
            raise EOFError
        return json.loads(payload) if head[0] & 15 == 1 else {}


class Torture:
    """The blows."""

    def __init__(self, world, load):
        self.world, self.load, self.counts, self.faults, self.found = world, load, collections.Counter(), collections.Counter(), {}
        self.latest = collections.deque(maxlen=4)
        self.kinds = [self.kill_engine, self.end_engine, self.kill_owner, self.freeze, self.inbox_away, self.remove_run, self.stop_service]
        if world.can_mount:
            self.kinds += [self.full_disk, self.read_only]
        if world.faketime:
            self.kinds += [self.step_clock]
        if world.torrc:
            self.kinds += [self.kill_tor]

    def pause(self, least, most):
        time.sleep(self.world.random.uniform(least, most))

    def blow(self, kind, last=False):
        name = kind.__name__.replace("_", "-")
        self.counts[name] += 1
        self.latest.append(name)
        before = len(self.load.faults)
        problems = []
        for step in (kind, self.check) if last else (kind, self.recover, self.check):
            try:
                step()
            except (Fault, OSError, http.client.HTTPException) as problem:
                problems.append(f"{type(problem).__name__}: {problem}" if not isinstance(problem, Fault) else str(problem))
        problems += self.load.faults[before:]
        for problem, times in collections.Counter(problems).items():
            print(f"FAULT after {', '.join(self.latest)} at {time.strftime('%H:%M:%S')}{f', {times} times' if times > 1 else ''}: {problem}", flush=True)
        self.faults[name] += bool(problems)

    def recover(self):
        """Whatever happened: at once all runs again."""
        world = self.world
        if world.engine is not None and world.engine.poll() is not None:
            world.engine = None
            raise_later = "the engine has ended by itself"
        else:
            raise_later = None
        if world.engine is None:
            world.start_engine()
        world.start_services()
        self.load.hurt = False
        self.settle()
        if raise_later:
            raise Fault(raise_later)

    def settle(self):
        """All modes serve again, and take in."""
        before = self.load.counts.copy()
        for what in ("downloads compared", "pages compared", "files acknowledged"):
            until(lambda what=what: self.load.counts[what] > before[what], f"no {what} any more")

    def check(self):
        """What was acknowledged before now is in the inbox."""
        with self.load.lock:
            told = dict(self.load.acknowledged)
        there = {}
        for folder, _, names in os.walk(self.world.inbox):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    kind = os.stat(path)
                    key = (path, kind.st_mtime_ns, kind.st_size)
                    if key not in self.found:
                        with open(path, "rb") as file:
                            self.found[key] = hashlib.sha256(file.read()).hexdigest()
                    if not name.endswith(".part") and ".uploads" not in folder:
                        there.setdefault(self.found[key], []).append((kind.st_mtime_ns, path))
                except FileNotFoundError:
                    continue
        missing = {digest: told[digest] for digest in told if digest not in there}
        for digest in missing:
            self.load.acknowledged.pop(digest)
        # Only what was told is taken out, and not the latest: that stands the blows that follow, too.
        for digest in sorted((digest for digest in told if digest in there), key=lambda digest: max(there[digest]))[:-KEEP]:
            for _, path in there[digest]:
                os.remove(path)
            self.load.acknowledged.pop(digest)
        self.load.counts["files found right"] = self.load.counts["files acknowledged"] - len(self.load.acknowledged)
        if missing:
            raise Fault(f"{len(missing)} acknowledged files are missing: {', '.join(missing.values())}")

    def kill_engine(self):
        self.world.end_engine(signal.SIGKILL)

    def end_engine(self):
        self.world.end_engine(signal.SIGTERM)

    def kill_owner(self):
        owner, gone, others = self.world.random.choice((("first", ["share", "site"], ["inbox", "room"]), ("second", ["inbox", "room"], ["share", "site"])))
        self.world.owners[owner].kill()
        self.world.owners[owner].wait()
        for name in gone:
            until(lambda name=name: self.world.state_of(name) in (None, "Stopped"), f"{name} outlives its owner")
        for name in others:
            if self.world.state_of(name) != "Running":
                raise Fault(f"{name} goes down with somebody else's owner")

    def freeze(self):
        self.world.engine.send_signal(signal.SIGSTOP)
        self.pause(0.5, 3)
        self.world.engine.send_signal(signal.SIGCONT)
        until(self.world.control.answers, "the engine does not answer after it was stopped for a while")
        for name in ("share", "site", "inbox", "room"):
            if self.world.state_of(name) != "Running":
                raise Fault(f"{name} does not run after the engine was stopped for a while")

    def stop_service(self):
        self.world.stop(self.world.random.choice(("share", "site", "inbox", "room")), force=self.world.random.random() < 0.5)

    def inbox_away(self):
        self.load.hurt = True
        away = self.world.inbox + ".away"
        os.rename(self.world.inbox, away)
        self.pause(0.3, 2)
        if self.world.random.random() < 0.3:
            self.world.stop("inbox", force=self.world.random.random() < 0.5)
        if os.path.isdir(self.world.inbox):
            # Made anew meanwhile: what came is kept, as whoever mounts the disk again would.
            for day in os.listdir(self.world.inbox):
                for entry in os.listdir(os.path.join(self.world.inbox, day)):
                    os.makedirs(os.path.join(away, day), exist_ok=True)
                    shutil.move(os.path.join(self.world.inbox, day, entry), os.path.join(away, day))
            shutil.rmtree(self.world.inbox)
        os.rename(away, self.world.inbox)

    def full_disk(self):
        self.load.hurt = True
        filler = self.world.at("disk/filler")
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass
        self.pause(0.5, 2.5)
        if self.world.random.random() < 0.3:
            self.world.stop(self.world.random.choice(("inbox", "share")), force=self.world.random.random() < 0.5)
        os.remove(filler)

    def read_only(self):
        self.load.hurt = True
        inbox, apart = self.world.inbox, self.world.at("read-only")
        os.makedirs(apart, exist_ok=True)
        # Made read-only apart, where nobody writes: Linux refuses it for a mount while a file is open for writing below it.
        if not self.world.mount("--bind", inbox, apart):
            raise Fault("the inbox can't be mounted elsewhere")
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", apart], check=True, capture_output=True)
            if not self.world.mount("--bind", apart, inbox):
                raise Fault("the inbox can't be mounted on itself")
        finally:
            self.world.unmount(apart)
        try:
            self.pause(0.5, 2)
            if self.world.random.random() < 0.3:
                self.world.stop("inbox", force=self.world.random.random() < 0.5)
        finally:
            self.world.unmount(inbox)

    def remove_run(self):
        shutil.rmtree(os.path.join(self.world.state, "run"))
        until(lambda: self.world.control.answers() or self.world.engine.poll() is not None, "the engine can't be found any more, and does not end")
        for name in ("share", "site", "inbox", "room"):
            if self.world.state_of(name) != "Running":
                raise Fault(f"{name} does not run after the run folder was removed")

    def step_clock(self):
        seconds = self.world.random.choice((-86400, -3600, -10, 10, 3600, 86400))
        self.world.set_clock(seconds)
        self.pause(0.5, 2)
        name = self.world.random.choice(("share", "site", "room"))
        self.world.stop(name, force=True)
        self.world.start_services()
        self.world.set_clock(0)

    def kill_tor(self):
        tor = self.world.tor()
        if tor is None:
            raise Fault("there is no tor")
        address = self.world.services["onion"]["address"]
        os.kill(tor, signal.SIGKILL)
        until(lambda: self.world.tor() not in (tor, None), "tor is not started again", 2 * LIMIT)
        until(lambda: self.world.running("onion"), "the onion does not come back", 3 * LIMIT)
        if self.world.status("onion")["address"] != address:
            raise Fault("the onion comes back at another address")


def part():
    """Ports and mounts of its own, where that is allowed: whoever else starts services on this machine takes none of its ports, and no mount outlives it."""
    new_namespaces = 0x40000000 | 0x00020000  # CLONE_NEWNET, CLONE_NEWNS
    if ctypes.CDLL(None).unshare(new_namespaces) != 0:
        return False
    subprocess.run(["mount", "--make-rprivate", "/"], check=False, capture_output=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", required=True)
    parser.add_argument("--network", default="")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--log", type=int, default=60, help="how many lines of the engine's log are shown after a fault")
    parser.add_argument("--only", help="one kind of blow, such as kill-engine")
    options = parser.parse_args()
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # whoever ends it leaves nothing behind either
    # Owners must not outlive this.
    ctypes.CDLL(None).prctl(36, 1)
    if not part():
        print("Ports are shared with every other service on this machine: run it as root, or alone.")
    world = World(options, options.seed)
    try:
        world.start_network()
        for holds, kinds, why in (
                (world.can_mount, ("full-disk", "read-only"), "this user may not mount"),
                (world.faketime, ("step-clock",), "there is no libfaketime (apt install faketime)"),
                (world.torrc, ("kill-tor",), "there is no tor with tor-gencert")):
            for kind in kinds if not holds else ():
                print(f"skipped: {kind}: {why}")
        print(f"seed {options.seed}", flush=True)
        world.start_engine()
        world.start_services()
        load = Load(world, options.seed)
        load.start()
        torture = Torture(world, load)
        kinds = [kind for kind in torture.kinds if options.only in (None, kind.__name__.replace("_", "-"))]
        torture.blow(torture.stop_service)
        order = []
        while time.monotonic() - began < options.minutes * 60 or len(torture.counts) < len({*kinds, torture.stop_service}):
            # All kinds in each round, in another order, and one whole round at least.
            order = order or world.random.sample(kinds, len(kinds))
            torture.pause(0.3, 2)
            torture.blow(order.pop())
        load.end()
        torture.blow(torture.end_engine, last=True)
        for kind, count in sorted(torture.counts.items()):
            print(f"{kind:<14}{count:>5} blows {torture.faults[kind]:>4} faults")
        print(", ".join(f"{count:,} {what}" for what, count in sorted(load.counts.items())))
        faults, blows = torture.faults.total(), torture.counts.total()
        if faults:
            for name in ("engine.log", "engine.err"):
                with open(world.at(name), encoding="utf8", errors="replace") as file:
                    print(f"the end of {name}:\n" + "".join(file.readlines()[-options.log:]))
        failed = [kind for kind in torture.counts if torture.faults[kind]]
        for kind in failed:
            print(f"- {kind}: {torture.faults[kind]} of {torture.counts[kind]} blows; again: tests/torture.sh {options.minutes:g} {options.seed}")
        print(f"{blows} blows, {faults} faults")
        print(f"{len(torture.counts) - len(failed)} passed, {len(failed)} failed")
        return 1 if faults else 0
    finally:
        world.close()


if __name__ == "__main__":
    sys.exit(main())
