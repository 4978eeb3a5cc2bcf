/** What each form of the timeline is given. */

import type { Row } from "./rows";

export interface TimelineProps {
  rows: readonly Row[];
  /** The id of the row that the inspector shows. */
  selected: string | null;
  onSelect: (id: string | null) => void;
  /** The moment of the player, in ms; null at the end. */
  moment: number | null;
}
