import { createFileRoute } from "@tanstack/react-router";

import { ApprovalsScreen } from "@/features/approvals/ApprovalsScreen";
import { readApprovals } from "@/features/approvals/search";

/** Waits for a person; which one is open is in the URL, so that a link leads to it. */
export const Route = createFileRoute("/_app/approvals")({ component: ApprovalsScreen, validateSearch: readApprovals });
