import { createFileRoute } from "@tanstack/react-router";

import { KeysScreen } from "@/features/admin/KeysScreen";
import { type Find, readFind } from "@/features/admin/find";

/** Everybody's API keys. */
export const Route = createFileRoute("/_app/admin/keys")({
  component: FoundRoute,
  validateSearch: (search: Record<string, unknown>): Find => readFind(search),
});

function FoundRoute() {
  const { find } = Route.useSearch();
  const navigate = Route.useNavigate();
  return <KeysScreen find={find} onFind={(text) => void navigate({ search: { find: text }, replace: true })} />;
}
