// The phone's own shelf for reports that wait for the network: IndexedDB, each draft sealed with a key that cannot leave this
// browser. Another person signing in, signing out, or seven days wipe it.

const NAME = "govplatform-outbox", DAY = 24 * 3600 * 1000;
export const KEEP_DAYS = 7;

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("items", { keyPath: "key" });
    request.result.createObjectStore("facts");
  };
  return done(request);
}

async function store(name, mode, work) {
  const database = await open();
  try {
    return await done(work(database.transaction(name, mode).objectStore(name)));
  } finally {
    database.close();
  }
}

async function sealingKey() {
  const kept = await store("facts", "readonly", (facts) => facts.get("key"));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await store("facts", "readwrite", (facts) => facts.put(made, "key"));
  return made;
}

async function seal(bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealingKey(), bytes) };
}

const unseal = async ({ iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, await sealingKey(), data);

/** Put a new item on the shelf. fields: [name, text] pairs; files: [name, File] pairs. */
export async function add({ key, url, title, fields, files }) {
  const sealed = [];
  for (const [name, file] of files) sealed.push({ name, file: file.name, type: file.type, bytes: file.size, id: "", ...(await seal(await file.arrayBuffer())) });
  const text = await seal(new TextEncoder().encode(JSON.stringify(fields)));
  const item = { key, url, title, at: Date.now(), state: "waiting", note: "", share: 0, receipt: "", text, files: sealed };
  await store("items", "readwrite", (items) => items.put(item));
  return item;
}

/** The clear content of an item, only when it is about to be sent. */
export async function content(item) {
  const fields = JSON.parse(new TextDecoder().decode(await unseal(item.text)));
  const files = [];
  for (const sealed of item.files) files.push({ ...sealed, blob: new File([await unseal(sealed)], sealed.file, { type: sealed.type }) });
  return { fields, files };
}

export const all = async () => (await store("items", "readonly", (items) => items.getAll())).sort((a, b) => b.at - a.at);
export const save = (item) => store("items", "readwrite", (items) => items.put(item));
export const remove = (key) => store("items", "readwrite", (items) => items.delete(key));

/** Delivered: only title, time and receipt stay, so that today's list can be shown. */
export const settle = (item, receipt) => save({ key: item.key, title: item.title, at: Date.now(), state: "sent", receipt, note: "", share: 100, files: [], text: null });

/** Forget everything, the key first: without it what is left cannot be read. */
export async function wipe() {
  await store("facts", "readwrite", (facts) => facts.clear());
  await store("items", "readwrite", (items) => items.clear());
}

/** Called on every page: another owner's shelf is wiped, and what is older than a week (delivered: a day) goes. */
export async function tidy(owner) {
  const before = await store("facts", "readonly", (facts) => facts.get("owner"));
  if (before !== undefined && before !== owner) await wipe();
  await store("facts", "readwrite", (facts) => facts.put(owner, "owner"));
  for (const item of await all()) if (Date.now() - item.at > (item.state === "sent" ? DAY : KEEP_DAYS * DAY)) await remove(item.key);
}

export const usable = () => Boolean(window.isSecureContext && window.indexedDB && window.crypto?.subtle);
