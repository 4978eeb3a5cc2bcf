import { createFileRoute } from "@tanstack/react-router";

import { AccountScreen } from "@/features/account/AccountScreen";

/** One's own account. */
export const Route = createFileRoute("/_app/account")({ component: AccountScreen });
