/** What the list can be narrowed by besides state and time, and how each reads on its chip. */

import {
  type Icon,
  IconAlertTriangle,
  IconBraces,
  IconClockHour4,
  IconCoin,
  IconHierarchy,
  IconStack2,
  IconStack3,
  IconTag,
  IconUser,
  IconUsersGroup,
} from "@tabler/icons-react";

import { money, took } from "@/lib/words";

import { type JobFilters, split } from "./search";

export interface FilterKind {
  /** The members of the search that it sets. */
  members: (keyof JobFilters)[];
  label: string;
  icon: Icon;
  /** What it is set to, in words; nothing when it is not set. */
  read: (filters: JobFilters) => string | undefined;
}

export const FILTER_KINDS = {
  task: { members: ["task"], label: "Task", icon: IconStack2, read: ({ task }) => listed(task) },
  queue: { members: ["queue"], label: "Queue", icon: IconStack3, read: ({ queue }) => listed(queue) },
  owner: { members: ["owner"], label: "Owner", icon: IconUser, read: ({ owner }) => owner },
  tag: { members: ["tag"], label: "Tag", icon: IconTag, read: ({ tag }) => tag },
  duration: { members: ["min", "max"], label: "Duration", icon: IconClockHour4, read: bounds },
  cost: {
    members: ["cost"],
    label: "AI cost",
    icon: IconCoin,
    read: ({ cost }) => (cost !== undefined ? `at least ${money(cost)}` : undefined),
  },
  error: { members: ["error"], label: "Error", icon: IconAlertTriangle, read: ({ error }) => error },
  input: { members: ["input"], label: "Input", icon: IconBraces, read: ({ input }) => input?.join(", ") },
  roots: {
    members: ["roots"],
    label: "Called jobs",
    icon: IconHierarchy,
    read: ({ roots }) => (roots ? "left out" : undefined),
  },
  fingerprint: {
    members: ["fingerprint"],
    label: "Error group",
    icon: IconUsersGroup,
    read: ({ fingerprint }) => fingerprint?.slice(0, 12),
  },
} as const satisfies Record<string, FilterKind>;

export type FilterName = keyof typeof FILTER_KINDS;
export const FILTER_NAMES: FilterName[] = [
  "task",
  "queue",
  "owner",
  "tag",
  "duration",
  "cost",
  "error",
  "input",
  "roots",
  "fingerprint",
];

function listed(names: string | undefined): string | undefined {
  return split(names).join(", ") || undefined;
}

function bounds({ min, max }: JobFilters): string | undefined {
  if (min !== undefined && max !== undefined) return `${took(min * 1000)} to ${took(max * 1000)}`;
  if (min !== undefined) return `at least ${took(min * 1000)}`;
  return max === undefined ? undefined : `at most ${took(max * 1000)}`;
}
