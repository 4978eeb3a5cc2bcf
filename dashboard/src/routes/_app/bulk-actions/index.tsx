import { createFileRoute } from "@tanstack/react-router";

import { BulkList } from "@/features/bulk/BulkList";

/** The bulk actions there were. */
export const Route = createFileRoute("/_app/bulk-actions/")({ component: BulkList });
