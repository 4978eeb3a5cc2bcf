import { createFileRoute } from "@tanstack/react-router";

import { ModelsScreen } from "@/features/ai/models/ModelsScreen";

export const Route = createFileRoute("/_app/ai/models")({ component: ModelsScreen });
