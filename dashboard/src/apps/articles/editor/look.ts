/** How an article is looked at, as it stands in the URL. */

import { type BodyView, readView } from "./BodyInput";

export interface EditorLook {
  tab?: "versions";
  view?: BodyView;
  /** The version that is shown, and the one it is compared with. */
  v?: number;
  against?: number;
}

export function readEditorLook(given: Record<string, unknown>): EditorLook {
  return {
    tab: given.tab === "versions" ? "versions" : undefined,
    view: readView(given.view),
    v: version(given.v),
    against: version(given.against),
  };
}

function version(given: unknown): number | undefined {
  const number = Number(given);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
