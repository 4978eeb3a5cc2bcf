import { createFileRoute } from "@tanstack/react-router";

import { ScheduleScreen } from "@/features/schedules/ScheduleScreen";

/** A schedule. */
export const Route = createFileRoute("/_app/schedules/$name")({ component: ScheduleScreen });
