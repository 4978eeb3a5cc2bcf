import { createFileRoute } from "@tanstack/react-router";

import { PlanScreen } from "@/apps/articles/plan/PlanScreen";

export const Route = createFileRoute("/_app/apps/articles/plan")({ component: PlanScreen });
