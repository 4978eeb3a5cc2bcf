/** Where one can go: what the menu lists, ⌘K finds and the shortcuts lead to. */

import {
  type Icon,
  IconAlertTriangle,
  IconCalendarClock,
  IconCash,
  IconChecklist,
  IconCpu,
  IconGauge,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListDetails,
  IconPlugConnected,
  IconRecycle,
  IconRobot,
  IconServer2,
  IconSettings,
  IconStack2,
  IconStack3,
  IconUserCheck,
  IconUsers,
  IconWallet,
} from "@tabler/icons-react";

import { APPS } from "@/apps";

import type { Permission } from "./me";

export interface Place {
  label: string;
  to: string;
  icon: Icon;
  /** What one needs to see it; without it, it is not offered. */
  needs?: Permission;
  /** The last key of its shortcut: `g` and then this. */
  key?: string;
  about?: string;
}

export interface PlaceGroup {
  label?: string;
  places: Place[];
}

export const GROUPS: PlaceGroup[] = [
  { places: [{ label: "Overview", to: "/", icon: IconLayoutDashboard, key: "o" }] },
  {
    label: "Work",
    places: [
      { label: "Jobs", to: "/jobs", icon: IconListDetails, key: "j" },
      { label: "Tasks", to: "/tasks", icon: IconStack2, key: "t" },
      { label: "Approvals", to: "/approvals", icon: IconUserCheck, key: "p" },
      { label: "Errors", to: "/errors", icon: IconAlertTriangle, key: "e" },
      { label: "Bulk actions", to: "/bulk-actions", icon: IconChecklist, key: "b" },
      { label: "Queues", to: "/queues", icon: IconStack3, needs: "operations:read", key: "q" },
      { label: "Schedules", to: "/schedules", icon: IconCalendarClock, needs: "operations:read", key: "s" },
      { label: "Workers", to: "/workers", icon: IconServer2, needs: "operations:read", key: "w" },
    ],
  },
  { label: "Apps", places: APPS },
  {
    label: "AI",
    places: [
      { label: "Spend", to: "/ai/spend", icon: IconCash, needs: "ai:read", key: "c" },
      { label: "Calls", to: "/ai/calls", icon: IconRobot, needs: "ai:read" },
      { label: "Budgets", to: "/ai/budgets", icon: IconWallet, needs: "operations:read" },
      { label: "Models", to: "/ai/models", icon: IconCpu, needs: "ai:read", key: "m" },
      { label: "Providers", to: "/ai/providers", icon: IconPlugConnected, needs: "operations:read" },
      { label: "Limits", to: "/ai/limits", icon: IconGauge, needs: "operations:read" },
    ],
  },
  {
    label: "Admin",
    places: [
      { label: "Users", to: "/admin/users", icon: IconUsers, needs: "admin", key: "u" },
      { label: "API keys", to: "/admin/keys", icon: IconKey, needs: "admin" },
      { label: "Audit log", to: "/admin/audit", icon: IconHistory, needs: "admin" },
      { label: "Retention", to: "/admin/retention", icon: IconRecycle, needs: "admin" },
      { label: "System", to: "/admin/system", icon: IconSettings, needs: "admin" },
    ],
  },
];

const PLACES: Place[] = GROUPS.flatMap(({ places }) => places);

/** The place that an address belongs to. */
export function placeAt(pathname: string): Place | undefined {
  return PLACES.find(({ to }) => pathname === to || (to !== "/" && pathname.startsWith(`${to}/`)));
}

/** The places that are open to whoever has these permissions. */
export function placesFor(permissions: readonly Permission[] = []): Place[] {
  return PLACES.filter(({ needs }) => !needs || permissions.includes(needs));
}
