import { createFileRoute } from "@tanstack/react-router";

import { RolesScreen } from "@/features/admin/RolesScreen";

/** What each role may do. */
export const Route = createFileRoute("/_app/admin/roles")({ component: RolesScreen });
