/** What each permission lets one do, in words. */

import type { Permission } from "@/shell/me";

export const MEANING: Record<Permission, string> = {
  "jobs:read": "See jobs, their results and tasks",
  "jobs:write": "Submit, cancel, retry and answer jobs",
  "operations:read": "See queues, schedules and workers",
  "queues:write": "Pause queues and change their limits",
  "schedules:write": "Make and change schedules",
  "ai:read": "See spend, calls, budgets and models",
  "ai:write": "Change budgets, models and limits",
  admin: "Everything: users, keys, providers, the audit log",
};

/** The expiries that are offered, in days; none is until it is withdrawn. */
export const LIVES = [
  { value: "7", label: "A week" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
  { value: "", label: "Until it is withdrawn" },
];
