import { createFileRoute } from "@tanstack/react-router";

import { QueuesScreen } from "@/features/queues/QueuesScreen";

/** The queues. */
export const Route = createFileRoute("/_app/queues")({ component: QueuesScreen });
