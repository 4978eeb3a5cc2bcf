import { createFileRoute, useLocation } from "@tanstack/react-router";

import { ResetPage } from "@/features/entrance/ResetPage";

/** Set a password by a link, whose token stands behind the #. */
export const Route = createFileRoute("/reset")({ component: ResetRoute });

function ResetRoute() {
  const { hash } = useLocation();
  return <ResetPage token={hash} />;
}
