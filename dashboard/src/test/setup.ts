import "@testing-library/jest-dom/vitest";

import { configure } from "@testing-library/react";

// A busy machine draws late; what never comes still fails.
configure({ asyncUtilTimeout: 15_000 });

import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";

import { markOverlaysReady } from "@/ui/overlays";

// What React complains of (a prop that no element has, a state that is set too late) fails the test.
const complaints: unknown[][] = [];
beforeEach(() => {
  complaints.length = 0;
  vi.spyOn(console, "error").mockImplementation((...words) => void complaints.push(words));
});
afterEach(() => {
  cleanup();
  expect(complaints).toEqual([]);
});
markOverlaysReady();

// What Mantine asks of a browser and jsdom lacks.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  }) as unknown as MediaQueryList;
window.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
Element.prototype.scrollIntoView ??= () => undefined;
if (!("fonts" in document)) {
  Object.defineProperty(document, "fonts", {
    value: { addEventListener: () => undefined, removeEventListener: () => undefined, ready: Promise.resolve() },
  });
}
window.scrollTo = () => undefined;
