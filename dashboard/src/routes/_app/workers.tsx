import { createFileRoute } from "@tanstack/react-router";

import { WorkersScreen } from "@/features/workers/WorkersScreen";

/** The workers. */
export const Route = createFileRoute("/_app/workers")({ component: WorkersScreen });
