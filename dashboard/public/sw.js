// What lets the installed dashboard open without the server: the page itself and the files it is made of. Answers of the
// API are never kept; without the server the page says so and waits for it.

const CACHE = "headrace-1";
const PAGE = "/";
const MOST_FILES = 200;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== CACHE));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && isScreen(pathname)) event.respondWith(openPage(request));
  else if (pathname.startsWith("/static/assets/")) event.respondWith(openFile(request));
});

const isScreen = (pathname) => !/^\/(api|docs|read|metrics|static|\.well-known)(\/|$)/.test(pathname);

/** The newest page the server has; the one kept where it can't be reached. */
async function openPage(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(PAGE, answer.clone());
    return answer;
  } catch (reason) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw reason;
  }
}

/** A file's name changes with its contents, so what is kept is right. */
async function openFile(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    await prune(cache);
  }
  return answer;
}

async function prune(cache) {
  const files = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== PAGE);
  for (const file of files.slice(0, Math.max(0, files.length - MOST_FILES))) await cache.delete(file);
}
