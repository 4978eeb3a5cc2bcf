/** What the first screen can do without waits until it has had the time to be drawn. */

export const LATE_MS = 300;

export function later(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LATE_MS);
  });
}
