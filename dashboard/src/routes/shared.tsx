import { createFileRoute } from "@tanstack/react-router";

import { readJobSearch } from "@/features/job/look";
import { SharedPage } from "@/features/job/SharedPage";

export const Route = createFileRoute("/shared")({
  component: SharedRoute,
  validateSearch: (search: Record<string, unknown>) => ({
    job: typeof search.job === "string" ? search.job : "",
    ...readJobSearch(search),
  }),
});

function SharedRoute() {
  const { job, ...look } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <SharedPage
      id={job}
      {...look}
      onLook={(next) => void navigate({ search: { job, ...next }, hash: true, replace: true })}
    />
  );
}
