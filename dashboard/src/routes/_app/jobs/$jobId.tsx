import { createFileRoute } from "@tanstack/react-router";

import { JobPage } from "@/features/job/JobPage";
import { readJobSearch } from "@/features/job/look";

export const Route = createFileRoute("/_app/jobs/$jobId")({ component: JobRoute, validateSearch: readJobSearch });

function JobRoute() {
  const { jobId } = Route.useParams();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return <JobPage id={jobId} {...search} onLook={(look) => void navigate({ search: look, replace: true })} />;
}
