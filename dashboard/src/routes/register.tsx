import { createFileRoute, useLocation } from "@tanstack/react-router";

import { RegisterPage } from "@/features/entrance/RegisterPage";

/** Make an account for oneself: by an invitation, whose token stands behind the #, or where anybody may. */
export const Route = createFileRoute("/register")({ component: RegisterRoute });

function RegisterRoute() {
  const { hash } = useLocation();
  return <RegisterPage token={hash} />;
}
