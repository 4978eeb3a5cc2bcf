import { createFileRoute } from "@tanstack/react-router";

import { SchedulesScreen } from "@/features/schedules/SchedulesScreen";

/** The schedules. */
export const Route = createFileRoute("/_app/schedules/")({ component: SchedulesScreen });
