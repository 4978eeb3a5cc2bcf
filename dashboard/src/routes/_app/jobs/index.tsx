import { createFileRoute } from "@tanstack/react-router";

import { JobsScreen } from "@/features/jobs/JobsScreen";
import { beginList } from "@/features/jobs/firstPage";
import { filtersOf, readSearch } from "@/features/jobs/search";

/** The list of jobs, with what it is narrowed to in the URL. */
export const Route = createFileRoute("/_app/jobs/")({
  component: JobsScreen,
  validateSearch: readSearch,
  loader: ({ context, location }) => beginList(context.queries, filtersOf(readSearch({ ...location.search }))),
});
