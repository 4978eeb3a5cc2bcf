/** How the kinds of rows look and are called. */

import {
  type Icon,
  IconArrowFork,
  IconBolt,
  IconClockPause,
  IconDatabase,
  IconPlayerPlay,
  IconPuzzle,
  IconRobot,
  IconSubtask,
} from "@tabler/icons-react";

import type { Kind, Row } from "./rows";

export const LOOK: Record<Kind, { word: string; icon: Icon }> = {
  job: { word: "Job", icon: IconBolt },
  run: { word: "Run", icon: IconPlayerPlay },
  step: { word: "Step", icon: IconPuzzle },
  stored: { word: "Step from storage", icon: IconDatabase },
  wait: { word: "Wait", icon: IconClockPause },
  call: { word: "Call of children", icon: IconArrowFork },
  child: { word: "Child", icon: IconSubtask },
  ai: { word: "AI call", icon: IconRobot },
};

const BAD = new Set(["failed", "crashed", "error", "lost", "expired"]);

/** Whether the row ended badly: its bar is red, and its name says so. */
export function isBad({ state }: Row): boolean {
  return BAD.has(state);
}

/** "Step draft", "Run 2". */
export function nameOf({ kind, label }: Row): string {
  return kind === "run" ? label : `${LOOK[kind].word} ${label}`;
}
