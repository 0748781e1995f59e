// Asking the server. An expired login leads to the page that renews it.

const PATIENCE_MS = 8000;

/** What the server refused, in its own sentence. */
export class Refused extends Error {}

/** A signal that gives up after a while; AbortSignal.timeout is younger than some of the browsers in use. */
function patience() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), PATIENCE_MS);
  return controller.signal;
}

/** JSON from the server. Throws Refused with a sentence, or TypeError/DOMException where there is no answer. */
export async function ask(path, { method = "GET", body } = {}) {
  const answer = await fetch(path, {
    method,
    headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
    signal: patience(),
  });
  if (answer.status === 401) {
    location.assign("/login");
    throw new Refused("The login has expired.");
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(problem.detail ?? problem.title ?? `The server answered ${answer.status}.`);
  }
  return answer.json();
}

/** A sentence for any failure of `ask`. */
export const sentence = (error) => (error instanceof Refused ? error.message : "No answer from the server.");
