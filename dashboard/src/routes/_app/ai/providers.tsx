import { createFileRoute } from "@tanstack/react-router";

import { ProvidersScreen } from "@/features/ai/providers/ProvidersScreen";

export const Route = createFileRoute("/_app/ai/providers")({ component: ProvidersScreen });
