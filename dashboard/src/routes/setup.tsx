import { createFileRoute, redirect } from "@tanstack/react-router";

import { SetupPage } from "@/features/entrance/SetupPage";
import { optionsQuery } from "@/features/entrance/queries";

/** The first run; once somebody has an account it is over. */
export const Route = createFileRoute("/setup")({
  component: SetupRoute,
  validateSearch: (search: Record<string, unknown>): { code?: string } => ({
    code: typeof search.code === "string" ? search.code : undefined,
  }),
  beforeLoad: async ({ context: { queries } }) => {
    const options = await queries.fetchQuery(optionsQuery);
    if (!options.needs_setup) throw redirect({ to: "/login", replace: true });
  },
});

function SetupRoute() {
  return <SetupPage {...Route.useSearch()} />;
}
