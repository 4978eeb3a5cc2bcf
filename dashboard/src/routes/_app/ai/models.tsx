import { createFileRoute } from "@tanstack/react-router";

import { ModelsScreen } from "@/features/ai/models/ModelsScreen";
import { readModelsSearch } from "@/features/ai/search";

/** Models, and how they did; for how long stands in the URL. */
export const Route = createFileRoute("/_app/ai/models")({ component: Shown, validateSearch: readModelsSearch });

function Shown() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ModelsScreen
      search={search}
      onChange={(part) =>
        void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
      }
    />
  );
}
