import { createFileRoute } from "@tanstack/react-router";

import { JobsScreen } from "@/features/jobs/JobsScreen";
import { readSearch } from "@/features/jobs/search";

/** The list of jobs, with what it is narrowed to in the URL. */
export const Route = createFileRoute("/_app/jobs/")({ component: JobsScreen, validateSearch: readSearch });
