import { createFileRoute } from "@tanstack/react-router";

import { CallsScreen } from "@/features/ai/calls/CallsScreen";
import { readCallsSearch } from "@/features/ai/search";

/** The ledger of AI calls; what it is narrowed to, and the call that is shown, stand in the URL. */
export const Route = createFileRoute("/_app/ai/calls")({ component: Shown, validateSearch: readCallsSearch });

function Shown() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <CallsScreen
      search={search}
      onChange={(part) =>
        void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
      }
    />
  );
}
