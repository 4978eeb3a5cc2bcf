import { createFileRoute } from "@tanstack/react-router";

import { UsersScreen } from "@/features/admin/UsersScreen";
import { type Find, readFind } from "@/features/admin/find";

/** The users, found by name. */
export const Route = createFileRoute("/_app/admin/users/")({
  component: FoundRoute,
  validateSearch: (search: Record<string, unknown>): Find => readFind(search),
});

function FoundRoute() {
  const { find } = Route.useSearch();
  const navigate = Route.useNavigate();
  return <UsersScreen find={find} onFind={(text) => void navigate({ search: { find: text }, replace: true })} />;
}
