import { createFileRoute } from "@tanstack/react-router";

import { RetentionScreen } from "@/features/admin/RetentionScreen";

/** What is kept, and how long. */
export const Route = createFileRoute("/_app/admin/retention")({ component: RetentionScreen });
