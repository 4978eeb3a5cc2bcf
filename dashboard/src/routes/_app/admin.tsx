import { Outlet, createFileRoute } from "@tanstack/react-router";

import { Allowed } from "@/shell/Allowed";

/** What administrators see. */
export const Route = createFileRoute("/_app/admin")({ component: AdminRoute });

function AdminRoute() {
  return (
    <Allowed needs="admin">
      <Outlet />
    </Allowed>
  );
}
