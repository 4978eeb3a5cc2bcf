import { createFileRoute } from "@tanstack/react-router";

import { LimitsScreen } from "@/features/ai/limits/LimitsScreen";

export const Route = createFileRoute("/_app/ai/limits")({ component: LimitsScreen });
