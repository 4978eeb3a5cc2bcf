import { createFileRoute } from "@tanstack/react-router";

import { SystemScreen } from "@/features/admin/SystemScreen";
import { type Find, readFind } from "@/features/admin/find";

/** Health and settings. */
export const Route = createFileRoute("/_app/admin/system")({
  component: FoundRoute,
  validateSearch: (search: Record<string, unknown>): Find => readFind(search),
});

function FoundRoute() {
  const { find } = Route.useSearch();
  const navigate = Route.useNavigate();
  return <SystemScreen find={find} onFind={(text) => void navigate({ search: { find: text }, replace: true })} />;
}
