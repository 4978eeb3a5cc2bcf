// Talks to the server, and knows whether it can be reached: one banner and one retry for the whole page.

const DELAYS = [1, 2, 4, 8, 10];
const TIMEOUT_MS = 20_000;

const listeners = new Set();
let isReachable = true;
let failures = 0;

export class Problem extends Error {
  constructor(status, code, message, pointer) {
    super(message);
    this.status = status;
    this.code = code;
    this.pointer = pointer;
  }
}

/** Calls `listener({ isReachable, seconds, cameBack })` whenever the link to the server changes. */
export function onLink(listener) {
  listeners.add(listener);
}

export function canReach() {
  return isReachable;
}

/** Returns the answer's JSON; throws a `Problem` that says what is wrong in words for people. */
export async function call(method, path, { body, headers } = {}) {
  const request = {
    method,
    headers: { Accept: "application/json", ...headers },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(path, request);
  } catch {
    lose();
    throw new Problem(0, "unreachable", "The server can't be reached. Nothing is lost; try again when it is back.");
  }
  if (answer.status === 503) lose();
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await problemOf(answer);
  if (problem.status === 401 && problem.code === "unauthorized") signIn();
  throw problem;
}

/** Leads to the sign-in, and from there back to where we are. */
function signIn() {
  const here = location.pathname + location.search + location.hash;
  location.assign(here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`);
}

/** Asks whether the server is there; a stream that broke calls this to learn whether it is only the stream. */
export async function probe() {
  if (isReachable && !(await isReady())) lose();
}

function lose() {
  if (!isReachable) return;
  isReachable = false;
  failures = 0;
  wait();
}

function wait() {
  let seconds = DELAYS[Math.min(failures, DELAYS.length - 1)];
  failures += 1;
  tell({ isReachable, seconds });
  const clock = setInterval(async () => {
    seconds -= 1;
    if (seconds > 0) {
      tell({ isReachable, seconds });
      return;
    }
    clearInterval(clock);
    if (await isReady()) {
      isReachable = true;
      tell({ isReachable, cameBack: true });
    } else {
      wait();
    }
  }, 1000);
}

async function isReady() {
  try {
    return (await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

function tell(change) {
  for (const listener of listeners) listener(change);
}

async function problemOf(answer) {
  try {
    const problem = await answer.json();
    return new Problem(answer.status, problem.code, problem.detail || problem.title, problem.errors?.[0]?.pointer);
  } catch {
    return new Problem(answer.status, "unknown", `The server answered ${answer.status} without saying why.`);
  }
}
