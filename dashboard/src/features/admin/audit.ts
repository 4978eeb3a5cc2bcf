/** What the audit log is narrowed to, in the URL. */

import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { paging } from "@/api/pages";

export type Entry = Schemas["AuditView"];

export interface AuditFilters {
  actor?: string;
  action?: string;
  target?: string;
  since?: string;
  until?: string;
}

const PAGE = 100;

/** The acts that are written down. */
export const ACTIONS = [
  "session.begun",
  "session.ended",
  "session.refused",
  "session.stolen",
  "user.made",
  "user.changed",
  "user.deleted",
  "password.changed",
  "password.reset",
  "email.changed",
  "name.changed",
  "second_factor.on",
  "second_factor.off",
  "second_factor.codes_renewed",
  "identity.connected",
  "identity.disconnected",
  "key.made",
  "key.rotated",
  "key.withdrawn",
  "invitation.made",
  "reset_link.made",
  "link.withdrawn",
  "job_link.made",
  "job_link.withdrawn",
  "quota.changed",
];

export function readAudit(search: Record<string, unknown>): AuditFilters {
  return {
    actor: text(search.actor),
    action: text(search.action),
    target: text(search.target),
    since: time(search.since),
    until: time(search.until),
  };
}

export const auditQuery = (filters: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: ["admin", "audit", filters],
    queryFn: ({ pageParam: cursor, signal }) =>
      ask(
        api.GET("/api/v1/admin/audit", {
          params: { query: { ...filters, cursor, limit: PAGE } },
          signal,
        }),
      ),
    ...paging,
    placeholderData: keepPreviousData,
  });

/** The router reads `?target=7` as a number: here it is the text again. */
function text(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;
}

function time(value: unknown): string | undefined {
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : undefined;
}
