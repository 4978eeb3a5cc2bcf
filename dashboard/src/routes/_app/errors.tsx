import { createFileRoute } from "@tanstack/react-router";

import { ErrorsScreen } from "@/features/errors/ErrorsScreen";
import { readTimes } from "@/features/jobs/search";

/** Errors in groups; the time is in the URL. */
export const Route = createFileRoute("/_app/errors")({ component: ErrorsScreen, validateSearch: readTimes });
