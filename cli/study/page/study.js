// The page of a study: instructions, one photo after another, and answers that outlive a lost connection.
//
// An answer is first kept in the browser's storage, then sent, and forgotten only when the server has it. Sending
// it twice does no harm, because the server knows its id.

const RETRY_MS = 2000;
const REQUEST_MS = 10000;
const TOO_FAST_MS = 200; // a second tap on the last photo, not an answer to this one
const KEYS = { ArrowLeft: "real", r: "real", R: "real", ArrowRight: "ar", a: "ar", A: "ar" };

const element = (id) => document.getElementById(id);
const show = (id) => {
  for (const part of ["welcome", "trial", "end"]) element(part).hidden = part !== id;
};
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// By the server, for good.
class Refused extends Error {
  constructor(status) {
    super(`the server answers ${status}`);
    this.status = status;
  }
}

// Older phones have no AbortSignal.timeout.
async function request(path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), REQUEST_MS);
  try {
    return await requestUntil(stop.signal, path, body);
  } finally {
    clearTimeout(timer);
  }
}

async function requestUntil(signal, path, body) {
  const options = { cache: "no-store", signal };
  if (body !== undefined) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
    options.keepalive = true; // it goes out even if the page is closed now
  }
  const response = await fetch(path, options);
  if (response.ok) return response;
  if (response.status >= 500 || response.status === 408 || response.status === 429) {
    throw new Error(`the server answers ${response.status} for now`);
  }
  throw new Refused(response.status);
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What the browser keeps. Each answer has an entry of its own, so that two tabs do not undo each other's.
class Storage {
  constructor(study) {
    this.prefix = `attention-mesh-study-${study}-`;
    this.memory = new Map(); // in place of the browser's storage, if that is switched off
    try {
      localStorage.setItem(`${this.prefix}test`, "");
      localStorage.removeItem(`${this.prefix}test`);
      this.lasting = true;
    } catch {
      this.lasting = false;
    }
  }

  get(name) {
    const text = this.lasting ? localStorage.getItem(this.prefix + name) : this.memory.get(name);
    return text === null || text === undefined ? null : JSON.parse(text);
  }

  set(name, value) {
    if (this.lasting) localStorage.setItem(this.prefix + name, JSON.stringify(value));
    else this.memory.set(name, JSON.stringify(value));
  }

  remove(name) {
    if (this.lasting) localStorage.removeItem(this.prefix + name);
    else this.memory.delete(name);
  }

  names(beginning) {
    const all = this.lasting
      ? Object.keys(localStorage).flatMap((key) => (key.startsWith(this.prefix) ? [key.slice(this.prefix.length)] : []))
      : [...this.memory.keys()];
    return all.filter((name) => name.startsWith(beginning)).sort();
  }
}

// The answers that the server does not have yet.
class Outbox {
  constructor(storage) {
    this.storage = storage;
    this.refused = 0;
    this.sending = false;
    this.failing = false;
    this.changed = () => {};
  }

  // In the order in which they were given, which the names of their entries begin with.
  get names() {
    return this.storage.names("answer-");
  }

  get answers() {
    return this.names.map((name) => this.storage.get(name)).filter(Boolean);
  }

  add(answer) {
    this.storage.set(`answer-${String(Date.now()).padStart(15, "0")}-${answer.id}`, answer);
    this.changed();
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    for (let [name] = this.names; name; [name] = this.names) {
      const answer = this.storage.get(name);
      try {
        if (answer !== null) await request("api/answers", answer); // null: another tab has sent it
        this.failing = false;
      } catch (error) {
        if (!(error instanceof Refused)) {
          this.failing = true;
          this.changed();
          await sleep(RETRY_MS);
          continue;
        }
        if (error.status !== 409) this.refused += 1; // 409: the first answer to this photo counts
      }
      this.storage.remove(name);
      this.changed();
    }
    this.sending = false;
    this.changed();
  }
}

// The photos, fetched one after another in the order in which they are shown, and kept.
class Photos {
  constructor(names) {
    this.images = new Map(names.map((name) => [name, null]));
    this.waiting = new Map();
    this.fetchAll(names);
  }

  async fetchAll(names) {
    for (const name of names) {
      for (;;) {
        try {
          const response = await request(`images/${name}.jpg`);
          this.images.set(name, URL.createObjectURL(await response.blob()));
          break;
        } catch {
          await sleep(RETRY_MS);
        }
      }
      this.waiting.get(name)?.();
    }
  }

  async get(name) {
    if (this.images.get(name) === null) await new Promise((resolve) => this.waiting.set(name, resolve));
    return this.images.get(name);
  }

  drop(name) {
    URL.revokeObjectURL(this.images.get(name));
    this.images.delete(name);
  }
}

async function retried(action) {
  for (;;) {
    try {
      const result = await action();
      element("trouble").textContent = "";
      return result;
    } catch (error) {
      if (error instanceof Refused) throw error;
      element("trouble").textContent = "The server does not answer. Trying again …";
      await sleep(RETRY_MS);
    }
  }
}

const json = async (path, body) => (await request(path, body)).json();

async function known(storage) {
  const participant = storage.get("participant");
  if (participant === null) return null;
  try {
    return await retried(() => json(`api/participants/${participant}`));
  } catch {
    storage.remove("participant"); // the server's answers were taken away
    return null;
  }
}

function answerTo(shownAt) {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const choose = (answer) => {
      const elapsed = performance.now() - shownAt;
      if (elapsed < TOO_FAST_MS) return;
      stop.abort();
      resolve({ answer, response_ms: Math.round(elapsed) });
    };
    for (const answer of ["real", "ar"]) {
      element(answer).addEventListener("click", () => choose(answer), { signal: stop.signal });
    }
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
        event.preventDefault();
        choose(KEYS[event.key]);
      },
      { signal: stop.signal },
    );
  });
}

async function showPhoto(photos, name) {
  const photo = element("photo");
  photo.classList.add("away");
  const late = setTimeout(() => (element("wait").hidden = false), 300);
  photo.src = await photos.get(name);
  await photo.decode();
  clearTimeout(late);
  element("wait").hidden = true;
  photo.classList.remove("away");
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return performance.now();
}

async function ask(person, done, storage, outbox) {
  const left = person.order.filter((name) => !done.has(name));
  const photos = new Photos(left);
  const total = person.order.length;
  element("bar").max = total;
  show("trial");
  for (const [index, name] of left.entries()) {
    const number = total - left.length + index + 1;
    element("bar").value = number - 1;
    element("count").textContent = `${number} of ${total}`;
    for (const choice of ["real", "ar"]) element(choice).disabled = true;
    const shownAt = await showPhoto(photos, name);
    for (const choice of ["real", "ar"]) element(choice).disabled = false;
    const answer = await answerTo(shownAt);
    outbox.add({ id: randomId(), participant: person.participant, image: name, ...answer });
    document.activeElement.blur(); // no choice stays marked for the next photo
    photos.drop(name);
  }
}

function tellState(outbox, storage) {
  const waiting = outbox.names.length;
  const answers = (count) => (count === 1 ? "1 answer" : `${count} answers`);
  const note = element("offline");
  note.hidden = !outbox.failing || waiting === 0;
  note.textContent = `Offline: ${answers(waiting)} kept`;
  let text = "All your answers are stored. You may close this page.";
  if (waiting && !outbox.failing) text = `Sending ${answers(waiting)} …`;
  if (waiting && outbox.failing) {
    text = `No connection: ${answers(waiting)} kept here. Please leave this page open until they are sent.`;
  }
  if (outbox.refused) text += ` The server did not accept ${answers(outbox.refused)}.`;
  element("sent").textContent = text;
  element("next").hidden = waiting > 0;
  window.onbeforeunload = waiting && !storage.lasting ? () => false : null;
}

async function main() {
  show("welcome");
  const study = await retried(() => json("api/study"));
  const storage = new Storage(study.study);
  const outbox = new Outbox(storage);
  outbox.changed = () => tellState(outbox, storage);
  const kept = outbox.answers; // before anything is sent: what is stored meanwhile may be in neither list
  outbox.send();
  element("total").textContent = study.images;
  let person = await known(storage);
  const done = new Set(person === null ? [] : person.answered);
  for (const answer of kept) if (answer.participant === person?.participant) done.add(answer.image);
  const start = element("start");
  if (done.size > 0) {
    element("again").hidden = false;
    element("again").textContent = `You have answered ${done.size} of ${study.images}, and go on with the next.`;
  }
  if (done.size < study.images) {
    start.textContent = done.size > 0 ? "Go on" : "Start";
    start.disabled = false;
    await new Promise((resolve) => start.addEventListener("click", resolve, { once: true }));
    start.disabled = true;
    person ??= await retried(() => json("api/participants", {}));
    storage.set("participant", person.participant);
    await ask(person, done, storage, outbox);
  }
  show("end");
  outbox.changed();
  element("next").addEventListener("click", () => {
    storage.remove("participant");
    location.reload();
  });
}

main();
