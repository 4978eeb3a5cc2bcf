/** What the list of jobs, as a table or as cards, is given. */

import type { ReactNode } from "react";

import type { JobItem } from "./firstPage";
import type { Looking } from "./useJobs";

export interface ListProps {
  jobs: JobItem[];
  /** The row that keys act on. */
  current: string | undefined;
  /** The job whose panel is open. */
  open: string | undefined;
  /** Whether rows can be ticked: only by who may do something with them. */
  isTickable: boolean;
  ticked: ReadonlySet<string>;
  isAllTicked: boolean;
  onOpen: (id: string) => void;
  /** `isRange` takes in all from the one ticked before. */
  onTick: (id: string, isRange: boolean) => void;
  onTickAll: () => void;
  /** The rows below are nearly used up. */
  onEnd: () => void;
  looking: Looking;
  isStale: boolean;
  /** More is new than can be put above what one reads. */
  isBehind: boolean;
  /** Load the list anew from its top. */
  onRestart: () => void;
  /** What stands below the last row. */
  foot: ReactNode;
}
