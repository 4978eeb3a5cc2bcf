/** What the dashboard needs to know of an app's screens. */

import type { Icon } from "@tabler/icons-react";

export interface AppScreens {
  /** As in its tasks' names: `articles`. */
  name: string;
  label: string;
  icon: Icon;
  /** Where its first screen is, below `routes/`. */
  to: string;
  /** One sentence for the overview and ⌘K. */
  about: string;
  /** The last key of its shortcut: `g` and then this. */
  key?: string;
}
