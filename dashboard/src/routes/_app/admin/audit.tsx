import { createFileRoute } from "@tanstack/react-router";

import { AuditScreen } from "@/features/admin/AuditScreen";
import { readAudit } from "@/features/admin/audit";

/** The audit log, with what it is narrowed to in the URL. */
export const Route = createFileRoute("/_app/admin/audit")({ component: AuditRoute, validateSearch: readAudit });

function AuditRoute() {
  const filters = Route.useSearch();
  const navigate = Route.useNavigate();
  return <AuditScreen filters={filters} onChange={(search) => void navigate({ search, replace: true })} />;
}
