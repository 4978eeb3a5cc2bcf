/** Whether questions can be shown yet: what shows them is loaded after the first screen. */

let settle: () => void = () => undefined;

/** Fulfilled as soon as a question that is opened is also seen. */
export const overlaysReady = new Promise<void>((resolve) => (settle = resolve));

export function markOverlaysReady(): void {
  settle();
}
