import { createFileRoute } from "@tanstack/react-router";

import { readSpendSearch } from "@/features/ai/search";
import { SpendScreen } from "@/features/ai/spend/SpendScreen";

/** What AI calls cost; the time and what it is summed by stand in the URL. */
export const Route = createFileRoute("/_app/ai/spend")({ component: Shown, validateSearch: readSpendSearch });

function Shown() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <SpendScreen
      search={search}
      onChange={(part) =>
        void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
      }
    />
  );
}
